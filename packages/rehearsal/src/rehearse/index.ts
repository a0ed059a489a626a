export { type RehearsalOptions, rehearse } from './run.ts';
