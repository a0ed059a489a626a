export { createSqlParser } from './statements.ts';
