export {
  type BackupOrder,
  backupDatabase,
  describeDatabaseBackup,
  restoreCommand,
  type Waiting,
} from './backup.ts';
export {
  type Database,
  type DatabaseRef,
  type DatabaseService,
  describeDatabase,
  type Snapshot,
} from './ports.ts';
