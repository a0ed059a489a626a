import { classify, type MetricRule, normalQuantile, usualSensitivity } from '@promo-actions/core/analysis';
import type { Counts, Release } from './releases.ts';
import { horizon } from './services.ts';

export const usualConfidence = usualSensitivity.confidence;

/** The interval's confidence is what a team would tune; the judge's own setting comes first. */
export const confidences = [0.98, 0.99, 0.995, 0.999, 0.9995, 0.9999, 0.99999] as const;

const errorRate: MetricRule = { name: 'error rate', group: 'errors', direction: 'increase' };
const slowShare: MetricRule = { name: 'slow share', group: 'latency', direction: 'increase' };

/** When Kayenta's judge fails a canary, for each confidence that was asked for: the minute from 1, or 0. */
export interface KayentaMinutes {
  /** Looking every 5 minutes at all minutes so far. */
  readonly often: readonly number[];
  /** Looking once, at the end. */
  readonly once: readonly number[];
}

/** The confidences to look with, which rise. */
export interface KayentaAsked {
  readonly often: readonly number[];
  readonly once: readonly number[];
}

export function kayentaMinutes(release: Release, asked: KayentaAsked): KayentaMinutes {
  const failed = { often: asked.often.map(() => 0), once: asked.once.map(() => 0) };
  const metrics = [
    { rule: errorRate, pairs: pairCounter(), of: 'canaryErrors', beside: 'baselineErrors' },
    { rule: slowShare, pairs: pairCounter(), of: 'canarySlow', beside: 'baselineSlow' },
  ] as const;
  for (let minute = 0; minute < horizon; minute++) {
    for (const { rule, pairs, of, beside } of metrics) {
      const values = (counts: Counts): [number, number] => [
        share(counts.canary[minute], counts[of][minute]),
        share(counts.baseline[minute], counts[beside][minute]),
      ];
      if ((minute + 1) % 5 === 0) {
        const fails = pairs.look(rule, ...values(release.fresh));
        const looking = minute === horizon - 1 ? (['often', 'once'] as const) : (['often'] as const);
        for (const which of looking) {
          for (const [index, confidence] of asked[which].entries()) {
            if (failed[which][index] !== 0) continue;
            // A wider interval cannot fail where a narrower one does not.
            if (!fails(confidence)) break;
            failed[which][index] = minute + 1;
          }
        }
      }
      pairs.add(...values(release.full));
    }
  }
  return failed;
}

function share(requests = 0, events = 0): number {
  return requests === 0 ? Number.NaN : (events / requests) * 100;
}

const quantiles = new Map(
  confidences.map((confidence) => [confidence as number, normalQuantile((1 + confidence) / 2)]),
);

/**
 * Counts pairs as minutes come, so that most looks are settled without sorting all differences: the interval can only lie
 * above zero where enough pairs do. The rest is asked of the product's own `classify`.
 */
function pairCounter() {
  const [canaries, baselines] = [new Float64Array(horizon), new Float64Array(horizon)];
  let [m, n, wins, ties] = [0, 0, 0, 0];

  /** Pairs won by one more value of each, and the ties it brings. */
  function withValues(canary: number, baseline: number): { wins: number; ties: number } {
    let [more, tied, sameCanaries, sameBaselines] = [0, 0, 0, 0];
    if (!Number.isNaN(canary)) {
      for (let index = 0; index < n; index++) if (canary > (baselines[index] ?? 0)) more++;
      for (let index = 0; index < m; index++) if (canary === canaries[index]) sameCanaries++;
      tied += 3 * sameCanaries * (sameCanaries + 1);
    }
    if (!Number.isNaN(baseline)) {
      for (let index = 0; index < m; index++) if ((canaries[index] ?? 0) > baseline) more++;
      for (let index = 0; index < n; index++) if (baseline === baselines[index]) sameBaselines++;
      tied += 3 * sameBaselines * (sameBaselines + 1);
    }
    if (canary > baseline) more++;
    return { wins: wins + more, ties: ties + tied };
  }

  return {
    add(canary: number, baseline: number): void {
      ({ wins, ties } = withValues(canary, baseline));
      if (!Number.isNaN(canary)) canaries[m++] = canary;
      if (!Number.isNaN(baseline)) baselines[n++] = baseline;
    },
    /** Whether the metric fails with one more value of each, at a confidence. */
    look(rule: MetricRule, canary: number, baseline: number): (confidence: number) => boolean {
      const counted = withValues(canary, baseline);
      const [x, y] = [m + (Number.isNaN(canary) ? 0 : 1), n + (Number.isNaN(baseline) ? 0 : 1)];
      // A minute without requests is one without data of both metrics, and no data of half of them fails the canary.
      if (x === 0 || y === 0) return () => true;
      const deviation = Math.sqrt(((x * y) / 12) * (x + y + 1 - counted.ties / ((x + y) * (x + y - 1))));
      return (confidence) => {
        const spread = (quantiles.get(confidence) ?? 0) * deviation;
        const needed = x * y + 1 - Math.max(1, Math.ceil((x * y) / 2 - 0.5 - spread));
        if (counted.wins < needed) return false;
        const sample = {
          canary: [...canaries.subarray(0, m), canary],
          baseline: [...baselines.subarray(0, n), baseline],
        };
        return classify(rule, sample, { ...usualSensitivity, confidence }).label === 'high';
      };
    },
  };
}
