export { createReviewHistory } from './approvals.ts';
export { createCommitChecks } from './checks.ts';
export { createGitHub, type GitHub } from './client.ts';
export {
  createDeployments,
  type Deployment,
  type DeploymentStatus,
  type Deployments,
} from './deployments.ts';
export { createReleaseRepository } from './releases.ts';
export { createRepository } from './repository.ts';
