export type { Method } from './bringing.ts';
export {
  type Clause,
  type Flag,
  type FlagInEnvironment,
  type FlagPart,
  type FlagSettings,
  flagParts,
  type Rollout,
  type Rule,
  type Served,
  type Target,
} from './flag.ts';
export type { FlagNotes } from './notes.ts';
export { type FlagsOrder, partsToSync, type SyncOrder } from './order.ts';
export type { ApprovalRequest, FlagChange, FlagCopy, FlagSystem } from './ports.ts';
export { renderChanges } from './report.ts';
export { type RestoreOrder, restoreFlags } from './restore.ts';
export { type RestorePoint, restorePointOf, restorePointSchema } from './restore-point.ts';
export type { Surroundings } from './surroundings.ts';
export { syncFlags } from './sync.ts';
