export { attributesOf } from './attributes.ts';
export { createItemTable, type ItemTable, isNew } from './table.ts';
