/** What one arm served in one settled minute. */
export interface Counts {
  readonly invocations: number;
  /** Those of them that count against the arm: errors, or invocations slower than the objective. */
  readonly events: number;
}

export interface MinuteCounts {
  readonly canary: Counts;
  readonly baseline: Counts;
  /** Whether all requests were sent to the canary, so that nothing was served beside it. */
  readonly alone?: boolean;
}

/**
 * A test by betting. It starts with a stake of 1 spread evenly over several alternatives; each minute multiplies every
 * part by a likelihood ratio whose expectation is at most 1 while the null hypothesis holds. The sum is then a
 * non-negative supermartingale, and by Ville's inequality (1939) it ever reaches 1/alpha with probability at most
 * alpha, however often one looks. Values are natural logarithms, because the sums outgrow a double.
 */
export interface Wealth<Minute> {
  /** The log of each part before any minute. */
  readonly start: readonly number[];
  /** The log parts after one more minute. */
  next(parts: readonly number[], minute: Minute): readonly number[];
}

/** The log of the evidence (the mean of the parts) after all the minutes, in their order. */
export function foldEvidence<Minute>(test: Wealth<Minute>, minutes: readonly Minute[]): number {
  return logMean(minutes.reduce((parts, minute) => test.next(parts, minute), test.start));
}

/** The log of what a double no longer adds to 1. */
const negligible = -37;

/** The log of the mean of numbers given by their logs. */
export function logMean(logs: readonly number[]): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (const log of logs) if (log > largest) largest = log;
  if (largest === Number.NEGATIVE_INFINITY) return largest;
  let sum = 0;
  for (const log of logs) if (log - largest > negligible) sum += Math.exp(log - largest);
  return largest + Math.log(sum / logs.length);
}
