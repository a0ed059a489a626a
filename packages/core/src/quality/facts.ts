/** What a report is about, whatever tool wrote it. */
export const reportKinds = ['tests', 'coverage', 'load', 'security'] as const;
export type ReportKind = (typeof reportKinds)[number];

/** A test that failed, with its place where the report tells it. */
export interface FailedTest {
  readonly name: string;
  readonly place?: string;
  readonly message: string;
}

export interface TestFacts {
  readonly kind: 'tests';
  readonly format: 'JUnit';
  /** Tests listed, skipped ones included. */
  readonly total: number;
  readonly skipped: number;
  readonly failed: number;
  /** The first of them. */
  readonly failures: readonly FailedTest[];
  /** What a suite says of its failures when it lists fewer. */
  readonly contradiction?: string;
}

export interface Ratio {
  readonly covered: number;
  readonly total: number;
}

export type CoverageMeasure = 'lines' | 'branches' | 'functions';

export interface CoverageFacts {
  readonly kind: 'coverage';
  readonly format: 'Cobertura' | 'lcov' | 'Istanbul';
  /** A measure that the report does not tell is absent. */
  readonly measures: Readonly<Partial<Record<CoverageMeasure, Ratio>>>;
  /** Lines by file. */
  readonly files: ReadonlyMap<string, Ratio>;
}

export interface LoadMetric {
  readonly type: 'counter' | 'gauge' | 'rate' | 'trend';
  /** By the words of k6's thresholds: `count`, `rate`, `avg`, `p(95)`. */
  readonly values: Readonly<Record<string, number>>;
  /** How many samples it is made of, where the report tells. */
  readonly samples?: number;
  /** The thresholds that the test itself set. */
  readonly thresholds: readonly { readonly expression: string; readonly holds: boolean }[];
}

export interface LoadFacts {
  readonly kind: 'load';
  readonly format: 'k6 (--summary-export)' | 'k6 (handleSummary)' | 'k6 (machine-readable)';
  readonly metrics: ReadonlyMap<string, LoadMetric>;
  /** False for the machine-readable summary, which leaves thresholds out. */
  readonly tellsThresholds: boolean;
}

/** From the least to the worst. */
export const severities = ['none', 'low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof severities)[number];

export interface Weakness {
  /** Rule or advisory: `CVE-2024-1234`, `js/sql-injection`. */
  readonly id: string;
  readonly severity: Severity;
  /** `src/app.ts:12`, or the package with its version. */
  readonly place?: string;
  readonly message: string;
  /** What to do, when the tool knows. */
  readonly fix?: string;
}

export interface SecurityFacts {
  readonly kind: 'security';
  readonly format: 'SARIF' | 'npm audit' | 'Snyk' | 'Trivy';
  /** The program that looked: `CodeQL`, `npm audit`. */
  readonly tool: string;
  readonly weaknesses: readonly Weakness[];
}

export type Facts = TestFacts | CoverageFacts | LoadFacts | SecurityFacts;
