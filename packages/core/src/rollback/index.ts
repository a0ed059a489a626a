export { type BackupOrder, type BackupOutcome, backup, describeBackup } from './backup.ts';
export { isKept, type KeptAlias, type KeptKind, keptFor, keptName, type Origin } from './names.ts';
export { planPrune, type Retention } from './prune.ts';
export { type RollbackReport, reportRollback } from './report.ts';
export type { Place, RestorePorts } from './restore.ts';
export { type Restored, type RollbackOrder, rollback, type Verify } from './rollback.ts';
export { type ScopeInputs, scopeOf } from './scope.ts';
export { type Destination, findDestination, type Surroundings } from './target.ts';
export { trustTheAlias, verifyByInvoking } from './verify.ts';
