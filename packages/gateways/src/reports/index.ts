export { reportFiles } from './files.ts';
