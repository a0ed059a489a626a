import { normalQuantile } from './normal.ts';

/** How much larger the values of one sample are than those of another. */
export interface Shift {
  /** The Hodges–Lehmann estimate: the median of all differences. */
  readonly estimate: number;
  /** Bounds of the confidence interval. */
  readonly lower: number;
  readonly upper: number;
}

/**
 * The shift between two samples (neither empty) by the two-sided Mann–Whitney test with continuity correction and
 * correction for ties, in the normal approximation. A bound of the interval is the shift at which the test would just
 * reject; the statistic changes only at differences of the two samples, so each bound is one of them.
 */
export function shiftBetween(from: readonly number[], to: readonly number[], confidence: number): Shift {
  const differences = new Float64Array(from.length * to.length);
  let count = 0;
  for (const y of to) for (const x of from) differences[count++] = y - x;
  const at = (index: number) => placed(differences, Math.min(count - 1, Math.max(0, index)));
  const estimate = (at(Math.floor((count - 1) / 2)) + at(Math.ceil((count - 1) / 2))) / 2;
  const spread = normalQuantile((1 + confidence) / 2) * deviation(from, to);
  // With k differences below a shift, the statistic is count/2 − k, less the continuity correction of one half.
  const below = Math.ceil(count / 2 - 0.5 - spread);
  return { estimate, lower: at(below - 1), upper: at(count - below) };
}

/** The value that sorting would put at `index`, found by Hoare's selection, which reorders the values. */
function placed(values: Float64Array, index: number): number {
  let [left, right] = [0, values.length - 1];
  while (left < right) {
    const pivot = values[(left + right) >> 1] ?? 0;
    let [low, high] = [left, right];
    while (low <= high) {
      while ((values[low] ?? 0) < pivot) low++;
      while ((values[high] ?? 0) > pivot) high--;
      if (low > high) break;
      const swapped = values[low] ?? 0;
      values[low++] = values[high] ?? 0;
      values[high--] = swapped;
    }
    if (index <= high) right = high;
    else if (index >= low) left = low;
    else break;
  }
  return values[index] ?? 0;
}

/** The standard deviation of the statistic, with ties within each sample. */
function deviation(from: readonly number[], to: readonly number[]): number {
  const [m, n] = [from.length, to.length];
  if (m + n < 2) return 0;
  const ties = tieTerm(from) + tieTerm(to);
  return Math.sqrt(Math.max(0, ((m * n) / 12) * (m + n + 1 - ties / ((m + n) * (m + n - 1)))));
}

/** The sum of t³ − t over the groups of t equal values. */
function tieTerm(values: readonly number[]): number {
  const groups = new Map<number, number>();
  for (const value of values) groups.set(value, (groups.get(value) ?? 0) + 1);
  return [...groups.values()].reduce((sum, size) => sum + size ** 3 - size, 0);
}
