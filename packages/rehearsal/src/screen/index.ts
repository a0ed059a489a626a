export { endingLines } from './ending.ts';
export { createPlainLog } from './plain.ts';
export type { Screen } from './screen.ts';
export { createTree, cut, picture } from './tree.ts';
