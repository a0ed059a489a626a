export { type FunctionDefinition, lambdaSchema } from './definition.ts';
export type { AliasState, Invocation } from './model.ts';
export { createLambdaService } from './service.ts';
