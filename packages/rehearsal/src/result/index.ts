import type { Annotation } from '../protocol/index.ts';

export type Conclusion = 'success' | 'failure' | 'cancelled' | 'skipped';
export type Outcome = Exclude<Conclusion, 'skipped'>;

/** Beginning and end, in the sandbox's time and on this machine. Epoch milliseconds. */
export interface Span {
  start?: number;
  end?: number;
  realStart?: number;
  realEnd?: number;
}

export interface LogLine {
  /** Virtual time, epoch milliseconds. */
  readonly at: number;
  readonly text: string;
}

export interface StepResult extends Span {
  readonly id: string;
  readonly name: string;
  readonly kind: 'script' | 'action' | 'stand-in' | 'post';
  readonly uses?: string;
  /** What happened; `conclusion` is `success` nevertheless when the step may fail (`continue-on-error`). */
  outcome?: Conclusion;
  /** Undefined until the step has ended. */
  conclusion?: Conclusion;
  log: LogLine[];
  annotations: Annotation[];
  outputs: Record<string, string>;
  /** Markdown. */
  summary: string;
}

export interface Approval {
  readonly environment: string;
  readonly login: string;
  readonly answer: 'approved' | 'rejected';
  readonly comment: string;
  /** Virtual time, epoch milliseconds. */
  readonly at: number;
}

export interface JobResult extends Span {
  /** Unique in the rehearsal: `promote/canary (eu-west-1)`. */
  readonly key: string;
  readonly id: string;
  name: string;
  /** The key of the job that called the workflow of this one. */
  readonly parent?: string;
  /** A `call` holds the jobs of the workflow that it calls, and has no steps. */
  readonly kind: 'job' | 'call';
  readonly uses?: string;
  readonly needs: readonly string[];
  status: 'waiting' | 'approval' | 'running' | 'ended';
  conclusion?: Conclusion;
  environment?: string;
  approvals: Approval[];
  outputs: Record<string, string>;
  /** What a person should know of how the job was run or why it was not. */
  notes: string[];
  steps: StepResult[];
}

/** One expectation of the scenario and what came of it. */
export interface Expectation {
  readonly what: string;
  readonly expected: string;
  readonly seen: string;
  readonly met: boolean;
}

/** What a rehearsal did and saw: plain data, as `--json` writes it and the report draws it. */
export interface Rehearsal {
  readonly scenario: { readonly name: string; readonly description: string; readonly file: string };
  readonly workflow: { readonly name: string; readonly path: string };
  readonly repository: string;
  readonly runId: number;
  /** 1, or more when what failed was run again. */
  readonly attempt: number;
  readonly actor: string;
  readonly event: string;
  readonly inputs: Readonly<Record<string, string | number | boolean>>;
  /** Undefined while it runs. */
  outcome?: Outcome;
  /** Virtual times. */
  readonly start: number;
  end?: number;
  /** How long it took on this machine. */
  realMilliseconds?: number;
  notes: string[];
  jobs: JobResult[];
  /** Every call that the sandbox answered, as its journal has it. */
  journal: readonly unknown[];
  expectations: Expectation[];
}

/** Told of everything as it happens; what changed is in the rehearsal itself. */
export interface Observer {
  jobChanged?(job: JobResult): void;
  stepStarted?(job: JobResult, step: StepResult): void;
  line?(job: JobResult, step: StepResult, line: LogLine): void;
  stepEnded?(job: JobResult, step: StepResult): void;
  note?(text: string): void;
}
