export { type RdsDefinition, rdsSchema } from './definition.ts';
export { createRdsService, type RdsDependencies } from './service.ts';
