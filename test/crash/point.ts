import type { JobResult } from '@promo-actions/rehearsal';
import type { Fault } from '@promo-actions/sandbox';

/** How each ends when it has all the attempts that it needs. */
export const endings = {
  'good-release': 'promoted',
  'bad-canary': 'undone',
  'whole-release': 'promoted',
  'whole-bad-canary': 'undone',
} as const;
export type ScenarioName = keyof typeof endings;

/** Promotions with configuration, feature flags and a snapshot of the database, by the one that they are without these. */
export const without: Partial<Readonly<Record<ScenarioName, ScenarioName>>> = {
  'whole-release': 'good-release',
  'whole-bad-canary': 'bad-canary',
};

/** Where a promotion is struck: the number of one of its calls, before its effect or after it with the answer lost. */
export interface Strike {
  readonly call: number;
  readonly when: 'before' | 'after';
}

/** One promotion with one thing going wrong. Plain data: it travels to the process that plays it. */
export interface Point {
  /** Names it for `--only`, such as `kill/good-release/45-after`. */
  readonly id: string;
  readonly scenario: ScenarioName;
  /** What happens, for people: `UpdateAlias of lambda, its 1st`. */
  readonly what: string;
  /** The job that the promotion begins at; those before it count as succeeded. */
  readonly from: 'gates' | 'deploy';
  readonly kill?: Strike;
  readonly cancel?: Strike | { readonly step: string; readonly after: number };
  readonly faults?: readonly Fault[];
  /** How far the runner's clock is ahead, in milliseconds. */
  readonly skew?: number;
  readonly seed?: number;
  /**
   * What must be true when the run has ended: `any` is whole on one version or the other, with records that say which;
   * `told` may also be half done, provided the run and its records say so; `unrecorded` likewise, where the records may be
   * what fails, and the run alone says so. A killed run is not asked.
   */
  readonly ends?: 'promoted' | 'undone' | 'any' | 'told' | 'unrecorded';
  /** Whether what fails keeps GitHub from showing the end, so that its deployments may be behind the records. */
  readonly behind?: boolean;
  /** Whether the scheduled recovery comes before anybody runs the failed jobs again. */
  readonly recover?: boolean;
  /** How long after the run's end that is, in milliseconds; default: 10 minutes. */
  readonly rerunAfter?: number;
  /** Whether the failed jobs are then run again with nothing going wrong, which must bring the release to its end; where an undoing failed, twice. */
  readonly rerun: boolean;
}

/** A call of the promotion in which nothing goes wrong. */
export interface Call {
  readonly service: string;
  readonly operation: string;
  readonly account: string;
}

/** The promotion in which nothing goes wrong. */
export interface CleanRun {
  readonly scenario: ScenarioName;
  /** The jobs before the one that deploys, for others to begin after them. */
  readonly before: readonly JobResult[];
  /** When the job that deploys began, in epoch milliseconds of virtual time. */
  readonly deployStart: number;
  /** In order; the first `gateCalls` are made before the job that deploys. */
  readonly calls: readonly Call[];
  readonly gateCalls: number;
  readonly flaws: readonly string[];
}

export interface Played {
  readonly id: string;
  readonly flaws: readonly string[];
  /** Of each attempt. */
  readonly outcomes: readonly string[];
  readonly milliseconds: number;
  /** The log of the run, where it has flaws. */
  readonly log?: string;
}
