export type {
  MergeAnswer,
  NewPullRequest,
  NewRelease,
  PullRequestPage,
  ReleaseCommit,
  ReleasePage,
  ReleaseRepository,
} from './ports.ts';
export { release } from './release.ts';
export { type ReleaseOrder, type Stage, type StageResult, stages } from './stage.ts';
