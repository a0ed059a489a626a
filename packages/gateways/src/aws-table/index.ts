export { attributesOf } from './attributes.ts';
export { createItemTable, isNew } from './table.ts';
