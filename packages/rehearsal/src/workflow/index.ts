export { foreignRunner, loadWorkflow, notRunOn } from './load.ts';
export type * from './model.ts';
export { folderOf, shown } from './sources.ts';
export { SHELLS } from './steps.ts';
export { text as literal } from './tokens.ts';
