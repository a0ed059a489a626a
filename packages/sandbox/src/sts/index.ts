export { createStsService, type StsDependencies } from './service.ts';
export { type Session, Sessions } from './session.ts';
