import { brokenObjectives } from '@promo-actions/core/analysis';
import {
  type Blame,
  type KindsOfMinute,
  type SequentialState,
  sequentialTest,
} from '@promo-actions/core/evidence';
import type { Counts, Release } from './releases.ts';
import { horizon } from './services.ts';

/** The one default configuration of evaluate-canary's judge: alpha 1 %, objectives 1 % errors and p95. */
export const alpha = 0.01;
export const objectives = { errors: 0.01, slow: 0.05 };
const minInvocations = 100;
const limit = Math.log(1 / alpha);
const test = sequentialTest(objectives);

/** The minute (from 1) at which the product's sequential test blames the canary, or 0. */
export function sequentialRule({ full, fresh }: Release, cold: number): number {
  let state = test.start;
  for (let minute = cold; minute < horizon; minute++) {
    if (fresh !== full) {
      const seen = test.next(state, minuteOf(fresh, minute));
      if (blames(seen)) return minute + 1;
    }
    state = test.next(state, minuteOf(full, minute));
    if (blames(state)) return minute + 1;
  }
  return 0;
}

/** The evidence is a mean, so it is only asked for where one of its parts reaches the limit. */
function blames(state: SequentialState): boolean {
  return (reaches(state.errors) || reaches(state.slow)) && test.evidence(state).total >= limit;
}

function reaches({ relative, absolute }: Blame): boolean {
  if (absolute >= limit) return true;
  for (const part of relative) if (part >= limit) return true;
  return false;
}

/** Whether the judge, having blamed nobody, would hold at the end instead of promoting. */
export function sequentialHolds({ full }: Release, cold: number): boolean {
  const total = {
    errors: { canary: { invocations: 0, events: 0 }, baseline: { invocations: 0, events: 0 } },
    slow: { canary: { invocations: 0, events: 0 }, baseline: { invocations: 0, events: 0 } },
  };
  for (let minute = cold; minute < horizon; minute++) {
    const kinds = minuteOf(full, minute);
    for (const kind of ['errors', 'slow'] as const) {
      for (const arm of ['canary', 'baseline'] as const) {
        total[kind][arm].invocations += kinds[kind][arm].invocations;
        total[kind][arm].events += kinds[kind][arm].events;
      }
    }
  }
  return (
    total.errors.canary.invocations < minInvocations ||
    brokenObjectives([total], objectives, alpha).length > 0
  );
}

export function minuteOf(counts: Counts, minute: number): KindsOfMinute {
  const canary = counts.canary[minute] ?? 0;
  const baseline = counts.baseline[minute] ?? 0;
  return {
    errors: {
      canary: { invocations: canary, events: counts.canaryErrors[minute] ?? 0 },
      baseline: { invocations: baseline, events: counts.baselineErrors[minute] ?? 0 },
    },
    slow: {
      canary: { invocations: canary, events: counts.canarySlow[minute] ?? 0 },
      baseline: { invocations: baseline, events: counts.baselineSlow[minute] ?? 0 },
    },
  };
}
