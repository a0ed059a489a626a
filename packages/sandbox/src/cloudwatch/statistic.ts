import { type Datum, percentile, percentileRank } from '../traffic/index.ts';

/** A statistic of CloudWatch: the number it makes of a datum, or undefined where the values for it are not known. */
export type Statistic = (datum: Datum) => number | undefined;

const PERCENTILE = /^p(\d{1,2}(?:\.\d{1,10})?|100)$/;
const RANK = /^PR\((-?\d+(?:\.\d+)?)?:(-?\d+(?:\.\d+)?)?\)$/;

const PLAIN: Readonly<Record<string, Statistic>> = {
  SampleCount: (datum) => datum.count,
  Sum: (datum) => datum.sum,
  Average: (datum) => (datum.count === 0 ? undefined : datum.sum / datum.count),
  Minimum: (datum) => datum.min,
  Maximum: (datum) => datum.max,
};

/** `Sum`, `Average`, `Minimum`, `Maximum`, `SampleCount`, `p95`, `p99.9`, `PR(low:high)`; undefined for another text. */
export function statisticOf(name: string): Statistic | undefined {
  const plain = Object.hasOwn(PLAIN, name) ? PLAIN[name] : undefined;
  if (plain !== undefined) return plain;
  const rank = RANK.exec(name);
  if (rank !== null && (rank[1] ?? rank[2]) !== undefined) {
    const low = rank[1] === undefined ? Number.NEGATIVE_INFINITY : Number(rank[1]);
    const high = rank[2] === undefined ? Number.POSITIVE_INFINITY : Number(rank[2]);
    return (datum) => percentileRank(datum, low, high);
  }
  const [, percent] = PERCENTILE.exec(name) ?? [];
  return percent === undefined ? undefined : (datum) => percentile(datum, Number(percent));
}
