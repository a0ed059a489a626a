export { runOnRunner } from './start.ts';
