import type { Release } from './releases.ts';
import { horizon } from './services.ts';

/** Limits that a rule holds the canary's shares of errors and slow requests against, 0 to 1. */
export interface Limits {
  readonly errors: number;
  readonly slow: number;
}

/**
 * What a team writes without knowing the service: 1 % errors, and a p95 that may be a fifth above the stable version's,
 * which is 10 % of requests above the stable version's p95.
 */
export const usualLimits: Limits = { errors: 0.01, slow: 0.1 };

/** One look of a rule: the shares it sees, and whether it saw any request. */
interface Look {
  readonly minute: number;
  readonly requests: number;
  readonly errors: number;
  readonly slow: number;
}

/** A rule that holds the canary's own shares against fixed limits. */
export interface FixedRule {
  readonly name: string;
  /** Every how many minutes it looks, at how many of the last minutes. */
  readonly every: number;
  /** How it sums up its looks: whether the canary is rolled back at one of them. */
  readonly counter: () => (failed: boolean, seen: boolean) => boolean;
  /** Requests without which a look says nothing. */
  readonly least: number;
  /** How often it looks, at most. */
  readonly looks: number;
}

/** Fails when more than `allowed` looks failed, ever. */
const moreThan = (allowed: number) => () => {
  let failures = 0;
  return (failed: boolean) => {
    if (failed) failures++;
    return failures > allowed;
  };
};

/** Fails when `datapoints` of the last `window` looks failed. */
const outOf = (datapoints: number, window: number) => () => {
  const last: boolean[] = [];
  return (failed: boolean) => {
    last.push(failed);
    if (last.length > window) last.shift();
    return last.filter(Boolean).length >= datapoints;
  };
};

/** Flagger counts a look without any data as a failed one, and gives up at the fifth. */
const flagger = () => {
  let failures = 0;
  return (failed: boolean, seen: boolean) => {
    if (failed || !seen) failures++;
    return failures >= 5;
  };
};

const always = Number.POSITIVE_INFINITY;

export const fixedRules: readonly FixedRule[] = [
  { name: 'once, at minute 5', every: 5, counter: moreThan(0), least: 100, looks: 1 },
  { name: 'Argo-style, 1-minute windows', every: 1, counter: moreThan(3), least: 1, looks: always },
  { name: 'Argo-style, 5-minute windows', every: 5, counter: moreThan(3), least: 1, looks: always },
  { name: 'Flagger-style counter', every: 1, counter: flagger, least: 1, looks: always },
  { name: 'alarm, 2 of 2', every: 1, counter: outOf(2, 2), least: 1, looks: always },
  { name: 'alarm, 3 of 5', every: 1, counter: outOf(3, 5), least: 1, looks: always },
];

/** All looks of a rule at a release; they do not depend on limits. */
export function looksOf({ every, looks }: FixedRule, { full, fresh }: Release): Look[] {
  const seen: Look[] = [];
  for (let end = every; end <= horizon && seen.length < looks; end += every) {
    let [requests, errors, slow] = [0, 0, 0];
    for (let minute = end - every; minute < end; minute++) {
      const counts = minute === end - 1 ? fresh : full;
      requests += counts.canary[minute] ?? 0;
      errors += counts.canaryErrors[minute] ?? 0;
      slow += counts.canarySlow[minute] ?? 0;
    }
    seen.push({ minute: end, requests, errors, slow });
  }
  return seen;
}

/** The minute at which the rule rolls back, or 0. */
export function decide(rule: FixedRule, looks: readonly Look[], limits: Limits): number {
  const count = rule.counter();
  for (const { minute, requests, errors, slow } of looks) {
    const seen = requests >= rule.least;
    const failed = seen && (isOver(errors, limits.errors * requests) || isOver(slow, limits.slow * requests));
    if (count(failed, requests > 0)) return minute;
  }
  return 0;
}

/** A share that equals its limit is within it, whatever rounding made of it. */
const isOver = (events: number, allowed: number) => events > allowed + 1e-9;

/** Whether the rule, having rolled nothing back, saw nothing it could judge either. */
export function sawNothing(rule: FixedRule, looks: readonly Look[]): boolean {
  return looks.every(({ requests }) => requests < rule.least);
}

/** The largest limit on one share at which the rule would still roll this release back: it does so at every lower one. */
export function criticalLimit(rule: FixedRule, looks: readonly Look[], what: 'errors' | 'slow'): number {
  const shares = looks
    .filter(({ requests }) => requests >= rule.least)
    .map((look) => look[what] / look.requests);
  const candidates = [...new Set(shares)].sort((a, b) => b - a);
  for (const share of candidates) {
    const below = share * (1 - 1e-6) - 1e-8;
    const limits = what === 'errors' ? { errors: below, slow: 1 } : { errors: 1, slow: below };
    if (decide(rule, looks, limits) > 0) return share;
  }
  return -1;
}
