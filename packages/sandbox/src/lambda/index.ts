export { type FunctionDefinition, lambdaSchema } from './definition.ts';
export type { AliasState, Invocation, LambdaState } from './model.ts';
export { createLambdaService, type LambdaDependencies } from './service.ts';
