export type { PullRequestPage, ReleasePage, ReleaseRepository } from './ports.ts';
export { releaseThoughUnanswered } from './repeat.ts';
export { type Stage, stages } from './stage.ts';
