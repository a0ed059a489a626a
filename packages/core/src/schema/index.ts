export type { Breakage } from './breakage.ts';
export type { SchemaLimits } from './judge.ts';
export { readToolReport } from './read.ts';
export {
  type SchemaPorts,
  type SchemaRequest,
  type SchemaResult,
  schemaGate,
} from './schema-gate.ts';
export type { Column, ColumnType, SchemaChange, SchemaStatement, SqlParser } from './statement.ts';
export {
  afterMigration,
  type CommandResult,
  type MigrationOutcome,
  migrationOutcomes,
  type Shell,
  type UndoRequest,
  type UndoResult,
} from './undo.ts';
