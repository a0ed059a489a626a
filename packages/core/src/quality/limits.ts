import type { CoverageMeasure, Severity } from './facts.ts';
import type { LoadLimit } from './load-limit.ts';

/** What reports are held against. */
export interface QualityLimits {
  /** Tests that must have run in all JUnit reports together. */
  readonly minTests: number;
  /** Percent; a measure without a limit is not looked at. */
  readonly minCoverage: Readonly<Partial<Record<CoverageMeasure, number>>>;
  /** The worst severity that is let pass. */
  readonly maxSeverity: Severity;
  /** Samples that a metric with a threshold must have. */
  readonly minSamples: number;
  readonly loadLimits: readonly LoadLimit[];
}
