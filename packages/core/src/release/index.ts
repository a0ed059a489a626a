export type { PullRequestPage, ReleasePage, ReleaseRepository } from './ports.ts';
export { release } from './release.ts';
export { type Stage, stages } from './stage.ts';
