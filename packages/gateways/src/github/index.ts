export { createReviewHistory } from './approvals.ts';
export { createCommitChecks } from './checks.ts';
export { createGitHub, type GitHub, type GitHubOptions } from './client.ts';
export {
  createDeployments,
  type Deployment,
  type DeploymentState,
  type DeploymentStatus,
  type Deployments,
  type NewDeployment,
} from './deployments.ts';
export { createReleaseRepository } from './releases.ts';
export { createRepository } from './repository.ts';
