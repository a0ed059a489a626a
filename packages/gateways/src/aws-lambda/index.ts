export { createAliasStore } from './aliases.ts';
export { createFunctionStore } from './functions.ts';
export { createFunctionInvoker } from './invoker.ts';
