export { type SsmDefinition, ssmSchema } from './definition.ts';
export { createSsmService, type SsmDependencies } from './service.ts';
