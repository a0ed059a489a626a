import { type Datum, mergeData, type Series } from '../traffic/index.ts';

export const MINUTE = 60_000;

/**
 * The begins of the periods a request covers. The start counts and is rounded down to its minute, the end does not;
 * periods are counted from the start, not from the full hour.
 */
export function gridOf(start: number, end: number, period: number): readonly number[] {
  const grid: number[] = [];
  for (let at = Math.floor(start / MINUTE) * MINUTE; at < end; at += period) grid.push(at);
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
