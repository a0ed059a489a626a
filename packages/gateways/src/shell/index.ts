export { bash } from './shell.ts';
