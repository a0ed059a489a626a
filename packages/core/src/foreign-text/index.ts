export { oneLine } from './foreign-text.ts';
