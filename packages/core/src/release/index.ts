export type { MergeAnswer, NewRelease, ReleaseCommit, ReleasePage, ReleaseRepository } from './ports.ts';
export { type ReleaseOrder, release, type Stage, type StageResult, stages } from './release.ts';
