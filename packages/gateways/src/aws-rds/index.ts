export { createDatabaseService } from './service.ts';
