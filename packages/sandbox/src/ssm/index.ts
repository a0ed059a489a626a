export { ssmSchema } from './definition.ts';
export { createSsmService } from './service.ts';
