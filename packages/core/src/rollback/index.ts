export { type BackupOrder, type BackupOutcome, backup, describeBackup } from './backup.ts';
export { isKept, type KeptAlias, type KeptKind, keptFor, keptName, type Origin } from './names.ts';
export { planPrune, type Retention } from './prune.ts';
