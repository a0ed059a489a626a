import type { Classified } from './classify.ts';

/** Scores of 0 to 100 from which a canary passes, or is marginal. */
export interface ScoreThresholds {
  readonly pass: number;
  readonly marginal: number;
}

export const usualThresholds: ScoreThresholds = { pass: 95, marginal: 75 };

export interface Score {
  /** 0 to 100, to two decimals. */
  readonly score: number;
  readonly classification: 'pass' | 'marginal' | 'fail';
  /** What brought the score to 0, apart from its metrics' scores. */
  readonly cause?: 'critical' | 'no data';
}

/**
 * The score of a canary, as Kayenta's judge gives it: each group's share of passing metrics, weighted. Groups without a
 * weight share what the others leave of 100; a group without data counts as passing. A critical metric that does not
 * pass, or data missing for half of the metrics or more, makes it 0.
 * @param weights percent by group.
 */
export function scoreOf(
  metrics: readonly Classified[],
  weights: Readonly<Record<string, number>> = {},
  thresholds: ScoreThresholds = usualThresholds,
): Score {
  if (metrics.some(({ rule, label }) => rule.critical && label !== 'pass'))
    return { score: 0, classification: 'fail', cause: 'critical' };
  const empty = metrics.filter(({ label }) => label === 'no data');
  if (empty.length * 2 >= metrics.length) return { score: 0, classification: 'fail', cause: 'no data' };

  const groups = [...new Set(metrics.map(({ rule }) => rule.group))];
  const given = Object.values(weights).reduce((sum, weight) => sum + weight, 0);
  const unweighted = groups.filter((group) => weights[group] === undefined).length;
  const sum = groups.reduce((total, group) => {
    const weight = weights[group] ?? (100 - given) / unweighted;
    return total + (weight / 100) * groupScore(metrics.filter(({ rule }) => rule.group === group));
  }, 0);
  const score = Math.round(sum * 100) / 100;
  const classification =
    score >= thresholds.pass ? 'pass' : score >= thresholds.marginal ? 'marginal' : 'fail';
  return { score, classification };
}

function groupScore(metrics: readonly Classified[]): number {
  const seen = metrics.filter(({ label }) => label !== 'no data');
  if (seen.length === 0) return 100;
  return (seen.filter(({ label }) => label === 'pass').length / seen.length) * 100;
}
