export { actionsRunner } from './runner.ts';
