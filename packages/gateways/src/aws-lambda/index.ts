export { createAliasStore } from './aliases.ts';
export type { LambdaOptions } from './client.ts';
export { createFunctionStore } from './functions.ts';
export { createFunctionInvoker } from './invoker.ts';
