import type { Clock } from '../clock/index.ts';
import type { Subject } from '../gate/index.ts';
import type { AliasStore, FunctionInvoker, FunctionStore } from '../lambda/index.ts';
import type { AlarmSource, MetricSource, WatchedMetric } from '../metrics/index.ts';
import type { Judge, Judgement } from './judge.ts';
import type { Minute } from './minute.ts';
import type { Signals } from './signals.ts';

/** What is asked about a canary, and how it is to be watched. */
export interface CanaryQuestion {
  readonly subject: Subject;
  readonly functionName: string;
  readonly alias: string;
  /** Absent: the alias's additional version. */
  readonly canaryVersion?: string | undefined;
  /** Absent: the alias's main version. */
  readonly stableVersion?: string | undefined;
  /** Its name in reports. */
  readonly judgeName: string;
  readonly judge: Judge;
  /** Milliseconds; what the minutes' `slow` is counted against. */
  readonly objective: number;
  /** Minutes. */
  readonly window: number;
  /** Minutes that the window may grow to while the judge holds; equal to `window` when it may not. */
  readonly maxWindow: number;
  /** Milliseconds between looks. */
  readonly interval: number;
  /** Milliseconds. */
  readonly warmup: number;
  readonly alarms: readonly string[];
  readonly watched: readonly WatchedMetric[];
  readonly healthPayload?: string | undefined;
}

export interface CanaryPorts {
  readonly clock: Clock;
  readonly metrics: MetricSource;
  readonly alarms: AlarmSource;
  readonly aliases: Pick<AliasStore, 'find'>;
  readonly functions: Pick<FunctionStore, 'describe'>;
  readonly invoker: FunctionInvoker;
}

/** One look: what had settled, what else was seen, and what it amounted to. */
export interface Look {
  readonly number: number;
  readonly at: number;
  readonly minutes: readonly Minute[];
  readonly signals: Signals;
  readonly judgement: Judgement;
}
