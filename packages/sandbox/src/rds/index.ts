export { rdsSchema } from './definition.ts';
export { createRdsService } from './service.ts';
