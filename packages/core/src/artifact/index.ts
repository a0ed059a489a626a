export { codeSha256, type PackageFiles, parseS3 } from './code.ts';
export { type DeployOrder, type DeployOutcome, deploy } from './deploy.ts';
export {
  describePackage,
  type FetchedPackage,
  type FetchOrder,
  fetchOrderOf,
  fetchPackage,
} from './fetch.ts';
export { type Code, readCode } from './source.ts';
