import {
  type AbsoluteTest,
  absoluteEvidence,
  absoluteTest,
  type Counts,
  logMean,
  relativeTest,
  sum,
} from '@promo-actions/core/evidence';
import type { Release } from './releases.ts';
import { alpha, minuteOf, objectives } from './sequential.ts';
import { horizon } from './services.ts';

const kinds = ['errors', 'slow'] as const;
/** Alpha is split between errors and latency. */
const limit = Math.log(kinds.length / alpha);
const relative = relativeTest('worse', 1);
const absolute = { errors: absoluteTest(objectives.errors), slow: absoluteTest(objectives.slow) };
const none: Counts = { invocations: 0, events: 0 };

/**
 * The sequential rule as the textbook has it, shown beside the product's to say why that one differs: the objective may
 * always blame the canary, unless the stable version is already shown to break it too.
 */
export function textbookRule({ full, fresh }: Release, cold: number): number {
  const states = kinds.map((kind) => ({
    kind,
    parts: relative.start,
    canary: none,
    baseline: none,
    shared: false,
  }));
  for (let minute = cold; minute < horizon; minute++) {
    for (const state of states) {
      for (const counts of fresh === full ? [full] : [fresh, full]) {
        const seen = minuteOf(counts, minute)[state.kind];
        const parts = relative.next(state.parts, seen);
        const canary = sum(state.canary, seen.canary);
        const baseline = sum(state.baseline, seen.baseline);
        if (blames(parts, canary, baseline, absolute[state.kind])) return minute + 1;
        if (counts === full) Object.assign(state, { parts, canary, baseline });
      }
    }
  }
  return 0;
}

function blames(parts: readonly number[], canary: Counts, baseline: Counts, test: AbsoluteTest): boolean {
  // The evidence is a mean, which needs a part that reaches the limit; at a rate within the objective all bets on a larger
  // one have lost.
  const compares = parts.some((part) => part >= limit);
  if (!compares && canary.events <= test.objective * canary.invocations) return false;
  const broken = absoluteEvidence(test, canary);
  if (!compares && broken < limit) return false;
  const compared = logMean(parts);
  const shared = absoluteEvidence(test, baseline) >= limit;
  return (shared ? compared : logMean([compared, broken])) >= limit;
}
