export type { SchemaLimits } from './judge.ts';
export { readToolReport } from './read.ts';
export { type SchemaRequest, schemaGate } from './schema-gate.ts';
export type { Column, ColumnType, SchemaChange, SchemaStatement, SqlParser } from './statement.ts';
export {
  afterMigration,
  type CommandResult,
  migrationOutcomes,
  type Shell,
  type UndoRequest,
} from './undo.ts';
