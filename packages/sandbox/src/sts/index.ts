export { createStsService } from './service.ts';
export { Sessions } from './session.ts';
