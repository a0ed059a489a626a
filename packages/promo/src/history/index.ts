export { historyCommand } from './command.ts';
