import { type Datum, mergeData, type Series } from '../traffic/index.ts';

export const MINUTE = 60_000;
/** CloudWatch keeps nothing longer. */
const RETENTION = 455 * 24 * 60 * MINUTE;

/**
 * The begins of the periods a request covers. The start counts and is rounded down to its minute, the end does not;
 * periods are counted from the start, not from the full hour. What lies in the future or longer ago than CloudWatch
 * remembers is left out.
 */
export function gridOf(start: number, end: number, period: number, now: number): readonly number[] {
  const first = Math.floor(start / MINUTE) * MINUTE;
  const forgotten = Math.max(0, Math.ceil((now - RETENTION - first) / period));
  const last = Math.min(end, now);
  const grid: number[] = [];
  for (let at = first + forgotten * period; at < last; at += period) grid.push(at);
  return grid;
}

/** All that is visible of a series in the period that begins at `at`; every metric here has one-minute resolution. */
export function periodDatum(series: Series, at: number, period: number, now: number): Datum | undefined {
  const data: Datum[] = [];
  for (let minute = at; minute < at + period && minute <= now; minute += MINUTE) {
    const datum = series.datum(minute, now);
    if (datum !== undefined) data.push(datum);
  }
  return data.length === 0 ? undefined : mergeData(data);
}
