export { createDeployedVersions } from './deployed.ts';
export type { DeployedVersions, Release, Repository } from './ports.ts';
export type { VersionRequest } from './resolve.ts';
export {
  type Bump,
  compareVersions,
  highestVersion,
  isPrerelease,
  nextVersion,
  parseVersion,
  printVersion,
  type Version,
  type VersionFormat,
} from './semver.ts';
export { type Validation, type ValidationRequest, type VersionKind, validateVersion } from './validate.ts';
