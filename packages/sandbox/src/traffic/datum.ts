/** Observed values in ascending order; each stands for `weight` observations. */
export interface Observations {
  readonly values: Float64Array;
  readonly weight: number;
}

/** What a metric knows of one stretch of time: CloudWatch's statistic set and, for percentiles, the values behind it. */
export interface Datum {
  readonly count: number;
  readonly sum: number;
  readonly min: number;
  readonly max: number;
  /** Missing where only the statistic set was ever known; then there are no percentiles. */
  readonly observations?: readonly Observations[];
}

/** `count` equal observations, such as one `1` for each invocation. */
export function constantDatum(value: number, count: number): Datum {
  const observations = [{ values: Float64Array.of(value), weight: count }];
  return { count, sum: value * count, min: value, max: value, observations };
}

/** Of `count` events, `hits` count 1 and the others 0: what Lambda's Errors and Throttles are made of. */
export function shareDatum(hits: number, count: number): Datum {
  if (hits === 0) return constantDatum(0, count);
  if (hits === count) return constantDatum(1, count);
  return mergeData([constantDatum(0, count - hits), constantDatum(1, hits)]);
}

/** A sample, in any order, of `count` observations. Sorts the sample in place. */
export function sampleDatum(sample: Float64Array, count: number): Datum {
  sample.sort();
  const weight = count / sample.length;
  let sum = 0;
  for (const value of sample) sum += value;
  const min = sample[0] ?? 0;
  const max = sample[sample.length - 1] ?? 0;
  return { count, sum: sum * weight, min, max, observations: [{ values: sample, weight }] };
}

/** The datum of several stretches, or of several sources, as one. */
export function mergeData(data: readonly Datum[]): Datum {
  let count = 0;
  let sum = 0;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const datum of data) {
    count += datum.count;
    sum += datum.sum;
    min = Math.min(min, datum.min);
    max = Math.max(max, datum.max);
  }
  const known = data.every((datum) => datum.observations !== undefined);
  if (!known) return { count, sum, min, max };
  return { count, sum, min, max, observations: data.flatMap((datum) => datum.observations ?? []) };
}

/**
 * The smallest observed value that at least `percent` % of the observations do not exceed (nearest rank), or undefined
 * where the values are not known.
 */
export function percentile(datum: Datum, percent: number): number | undefined {
  if (datum.observations === undefined) return undefined;
  const observations = datum.observations;
  const target = (percent / 100) * datum.count - 1e-9 * datum.count;
  const reached = (value: number) => weightUpTo(observations, value) >= target;
  if (reached(datum.min)) return datum.min;
  let [below, above] = [datum.min, datum.max];
  for (let step = 0; step < 64 && below < above; step++) {
    const middle = (below + above) / 2;
    if (middle <= below || middle >= above) break;
    if (reached(middle)) above = middle;
    else below = middle;
  }
  const next = observations.map(({ values }) => values[countUpTo(values, below)] ?? Number.POSITIVE_INFINITY);
  return next.reduce((least, value) => Math.min(least, value), datum.max);
}

function weightUpTo(observations: readonly Observations[], limit: number): number {
  return observations.reduce((sum, { values, weight }) => sum + countUpTo(values, limit) * weight, 0);
}

/** The percentage of the observations in `(low, high]`, or undefined where the values are not known. */
export function percentileRank(datum: Datum, low: number, high: number): number | undefined {
  if (datum.observations === undefined || datum.count === 0) return undefined;
  const inside = weightUpTo(datum.observations, high) - weightUpTo(datum.observations, low);
  return (inside / datum.count) * 100;
}

/** How many of the ascending values do not exceed the limit. */
function countUpTo(values: Float64Array, limit: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((values[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
