export { createDeployedVersions } from './deployed.ts';
export type { Release, Repository } from './ports.ts';
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
export { type Validation, validateVersion } from './validate.ts';
