export { windowsCommand } from './command.ts';
