import { conclude, type Sufficiency } from './guard.ts';
import type { Evidence, Judge } from './judge.ts';
import { type Total, totalOf } from './minute.ts';

/** Fixed limits on the window's totals. */
export interface ThresholdLimits extends Sufficiency {
  /** Percent. */
  readonly maxErrorRate: number;
  /** Percent. */
  readonly minSuccessRate: number;
  /** Milliseconds; the objective that the minutes' `slow` was counted with. */
  readonly maxP95: number;
}

/** A p95 within the objective is at most this share of the invocations slower than it, in percent. */
const slowShare = 5;

/** Holds the canary's totals over the window against fixed limits. */
export function thresholdJudge(limits: ThresholdLimits): Judge {
  return (minutes) => {
    const canary = totalOf(minutes, 'canary');
    const baseline = totalOf(minutes, 'baseline');
    const { minInvocations, maxErrorRate, minSuccessRate, maxP95 } = limits;
    const measure = (
      name: string,
      bound: Evidence['bound'],
      limit: number,
      unit: string,
      share: (total: Total) => number | undefined,
      certain: boolean,
    ): Evidence => {
      const value = share(canary);
      const beside = share(baseline);
      return {
        measure: name,
        value: value ?? 0,
        limit,
        bound,
        unit,
        ...(beside === undefined ? {} : { baseline: beside }),
        outcome: certain
          ? 'breached'
          : value === undefined || canary.invocations < minInvocations
            ? 'open'
            : 'within',
      };
    };
    const errors = (total: Total) => percentOf(total.errors, total.invocations);
    const successes = (total: Total) => percentOf(total.invocations - total.errors, total.invocations);
    const slow = (total: Total) => percentOf(total.slow, total.timed);
    // Certain, because it would be so even if all invocations that are still missing to the minimum did well.
    const beyond = (count: number, seen: number, limit: number) =>
      count * 100 > limit * Math.max(seen, minInvocations) + 1e-9;
    return conclude(minutes, limits, [
      measure(
        'error rate',
        'at most',
        maxErrorRate,
        '%',
        errors,
        beyond(canary.errors, canary.invocations, maxErrorRate),
      ),
      measure(
        'success rate',
        'at least',
        minSuccessRate,
        '%',
        successes,
        beyond(canary.errors, canary.invocations, 100 - minSuccessRate),
      ),
      measure(
        `p95, share slower than ${maxP95} ms`,
        'at most',
        slowShare,
        '%',
        slow,
        beyond(canary.slow, canary.timed, slowShare),
      ),
    ]);
  };
}

function percentOf(part: number, whole: number): number | undefined {
  return whole === 0 ? undefined : (part / whole) * 100;
}
