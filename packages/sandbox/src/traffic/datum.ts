/** Observed values: each by itself, every one standing for `weight` observations, or counted in bins. */
export type Observations =
  | { readonly values: Float64Array; readonly weight: number }
  /** `cumulative[i]` observations do not exceed `edges[i]`; within a bin they lie evenly. */
  | { readonly edges: Float64Array; readonly cumulative: Float64Array };

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

/** The values, in any order, are all the observations. Sorts them in place. */
export function valuesDatum(values: Float64Array): Datum {
  values.sort();
  let sum = 0;
  for (const value of values) sum += value;
  const observations = [{ values, weight: 1 }];
  return { count: values.length, sum, min: values[0] ?? 0, max: values.at(-1) ?? 0, observations };
}

/** Observations counted in bins; `edges` has one more member than `counts`. */
export function histogramDatum(edges: Float64Array, counts: readonly number[]): Datum {
  const cumulative = new Float64Array(edges.length);
  let [count, sum, min, max] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  counts.forEach((observed, bin) => {
    const [low = 0, high = 0] = [edges[bin], edges[bin + 1]];
    count += observed;
    cumulative[bin + 1] = count;
    if (observed === 0) return;
    sum += (observed * (low + high)) / 2;
    min = Math.min(min, low);
    max = Math.max(max, high);
  });
  return { count, sum, min, max, observations: [{ edges, cumulative }] };
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
  if (percent >= 100) return datum.max;
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
  const next = observations.map((known) =>
    'values' in known ? known.values[countUpTo(known.values, below)] : above,
  );
  return next.reduce<number>((least, value = datum.max) => Math.min(least, value), datum.max);
}

function weightUpTo(observations: readonly Observations[], limit: number): number {
  return observations.reduce((sum, known) => sum + weightOf(known, limit), 0);
}

function weightOf(known: Observations, limit: number): number {
  if ('values' in known) return countUpTo(known.values, limit) * known.weight;
  const { edges, cumulative } = known;
  const bin = countUpTo(edges, limit);
  if (bin === 0) return 0;
  const [low = 0, high = Number.POSITIVE_INFINITY] = [edges[bin - 1], edges[bin]];
  const [below = 0, upTo = below] = [cumulative[bin - 1], cumulative[bin]];
  return below + ((upTo - below) * (limit - low)) / (high - low);
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
