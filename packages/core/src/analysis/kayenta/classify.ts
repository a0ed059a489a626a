import { shiftBetween } from './mann-whitney.ts';

/** How one metric of a canary is compared, in Kayenta's words. */
export interface MetricRule {
  readonly name: string;
  readonly group: string;
  /** Which change fails the metric. */
  readonly direction: 'increase' | 'decrease' | 'either';
  /** What is done with minutes that have no value: left out, or taken as 0. */
  readonly missing?: 'remove' | 'replace';
  /** A critical metric that fails, or has no data, fails the canary. */
  readonly critical?: boolean;
  /** A metric without data fails, instead of being left out. */
  readonly required?: boolean;
  /** A change counts only where the ratio of the means is at least (at most, for a decrease) this. */
  readonly allowedIncrease?: number;
  readonly allowedDecrease?: number;
}

export interface Sample {
  /** One value a minute; NaN where there is none. */
  readonly canary: readonly number[];
  readonly baseline: readonly number[];
}

export interface Classified {
  readonly rule: MetricRule;
  readonly label: 'pass' | 'high' | 'low' | 'no data' | 'no data, required';
  /** The canary's mean over the baseline's; undefined where one of them is 0 or there is no data. */
  readonly ratio?: number;
}

export interface Sensitivity {
  /** Of the interval of the shift. */
  readonly confidence: number;
  /** The part of the estimated shift that the whole interval must lie beyond. */
  readonly tolerance: number;
}

/** What Spinnaker's canary judge (NetflixACAJudge) is set to. */
export const usualSensitivity: Sensitivity = { confidence: 0.98, tolerance: 0.25 };

/**
 * Says whether one metric of the canary is higher or lower than the baseline's, as Kayenta's judge does: by whether the
 * whole confidence interval of the shift lies beyond a quarter of its estimate, and the ratio of the means beyond what is
 * allowed. Samples that are equal, or of a single value, pass.
 */
export function classify(
  rule: MetricRule,
  sample: Sample,
  { confidence, tolerance }: Sensitivity = usualSensitivity,
): Classified {
  const { direction, missing = 'remove', allowedIncrease = 1, allowedDecrease = 1 } = rule;
  const filled = (values: readonly number[]) =>
    missing === 'remove'
      ? values.filter((value) => !Number.isNaN(value))
      : values.map((value) => (Number.isNaN(value) ? 0 : value));
  const [canary, baseline] = [filled(sample.canary), filled(sample.baseline)];
  if (canary.length === 0 || baseline.length === 0) {
    if (missing === 'replace') return { rule, label: 'pass' };
    return { rule, label: rule.required && !rule.critical ? 'no data, required' : 'no data' };
  }
  if (isSame(canary, baseline) || new Set([...canary, ...baseline]).size === 1)
    return { rule, label: 'pass', ratio: 1 };
  const { estimate, lower, upper } = shiftBetween(baseline, canary, confidence);
  const bound = tolerance * Math.abs(estimate);
  const [canaryMean, baselineMean] = [mean(canary), mean(baseline)];
  const ratio = canaryMean === 0 || baselineMean === 0 ? undefined : canaryMean / baselineMean;
  const told = ratio === undefined ? { rule } : { rule, ratio };
  if (direction !== 'decrease' && lower > bound && (ratio === undefined || ratio >= allowedIncrease))
    return { ...told, label: 'high' };
  if (direction !== 'increase' && upper < -bound && (ratio === undefined || ratio <= allowedDecrease))
    return { ...told, label: 'low' };
  return { ...told, label: 'pass' };
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  if (a.length !== b.length) return false;
  const [first, second] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()];
  return first.every((value, index) => value === second[index]);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
