import { criticalLimit, decide, type FixedRule, fixedRules, type Limits, looksOf } from './fixed.ts';
import { confidences, kayentaMinutes, usualConfidence } from './kayenta.ts';
import type { Random } from './random.ts';
import { plain, releasesOf } from './releases.ts';
import type { Service } from './services.ts';

/** The share of good releases that a tuned rule may roll back. */
const bound = 0.01;

export interface Tuned {
  /** By the name of the rule. */
  readonly limits: ReadonlyMap<string, Limits>;
  /** The confidence of its intervals, by how often it looks. */
  readonly kayenta: { readonly often: number; readonly once: number };
}

/**
 * Does what a careful team would do for each rule with years of data: finds, for this one service, the tightest settings
 * with which the rule rolls back at most 1 % of plain good releases.
 */
export function tune(service: Service, runs: number, random: Random): Tuned {
  const draw = releasesOf(plain, service, random);
  const seen = fixedRules.map((rule) => ({
    rule,
    errors: new Float64Array(runs),
    slow: new Float64Array(runs),
  }));
  const kayenta = { often: confidences.map(() => 0), once: confidences.map(() => 0) };
  for (let run = 0; run < runs; run++) {
    const release = draw();
    for (const { rule, errors, slow } of seen) {
      const looks = looksOf(rule, release);
      errors[run] = criticalLimit(rule, looks, 'errors');
      slow[run] = criticalLimit(rule, looks, 'slow');
    }
    const failed = kayentaMinutes(release, { often: confidences, once: confidences });
    for (const which of ['often', 'once'] as const) {
      failed[which].forEach((minute, index) => {
        if (minute > 0) kayenta[which][index] = (kayenta[which][index] ?? 0) + 1;
      });
    }
  }
  const strictest = confidences.length - 1;
  const confident = (failures: readonly number[]) => {
    const found = failures.findIndex((count) => count <= bound * runs);
    return confidences[found < 0 ? strictest : found] ?? usualConfidence;
  };
  return {
    limits: new Map(
      seen.map(({ rule, errors, slow }) => [rule.name, tightest(rule, errors, slow, service, random)]),
    ),
    kayenta: { often: confident(kayenta.often), once: confident(kayenta.once) },
  };
}

/** Limits on errors and on slow requests share the bound; where looks of both kinds add up, both are given less of it. */
function tightest(
  rule: FixedRule,
  errors: Float64Array,
  slow: Float64Array,
  service: Service,
  random: Random,
): Limits {
  const [sortedErrors, sortedSlow] = [errors.toSorted(), slow.toSorted()];
  const runs = errors.length;
  const limitAt = (sorted: Float64Array, share: number) =>
    Math.max(0, sorted[runs - 1 - Math.floor(share * runs)] ?? 1);
  const shares = [0.5, 0.35, 0.2, 0.1, 0].map((part) => part * bound);
  let limits: Limits = { errors: 1, slow: 1 };
  for (const share of shares) {
    limits = { errors: limitAt(sortedErrors, share), slow: limitAt(sortedSlow, share) };
    const draw = releasesOf(plain, service, random);
    let rolledBack = 0;
    for (let run = 0; run < runs; run++) {
      if (decide(rule, looksOf(rule, draw()), limits) > 0) rolledBack++;
    }
    if (rolledBack <= bound * runs) break;
  }
  return limits;
}
