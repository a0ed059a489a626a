export { codeSha256, type PackageFiles } from './code.ts';
export { deploy } from './deploy.ts';
export { describePackage, fetchOrderOf, fetchPackage } from './fetch.ts';
export { type Code, readCode } from './source.ts';
