export {
  type CoverageFacts,
  type Facts,
  type LoadFacts,
  reportKinds,
  type SecurityFacts,
  type Severity,
  severities,
  type TestFacts,
} from './facts.ts';
export type { QualityLimits } from './limits.ts';
export { type LoadLimit, loadLimits } from './load-limit.ts';
export type { CheckRun, CommitChecks } from './ports.ts';
export { type QualityRequest, qualityGate } from './quality-gate.ts';
export { readReport } from './read.ts';
