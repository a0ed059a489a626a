const minute = 60_000;
const day = 24 * 60 * minute;

/** The span that is looked at, in epoch milliseconds, and the period of the series over it in seconds. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly period: number;
}

/**
 * The last `lookback` up to the end of the minute of `now`, in periods as long as a day at most. CloudWatch counts
 * periods from the start that is asked for, so a sum over the span's few points is exact. It keeps minutes for 15 days,
 * five minutes for 63 and hours after that; the span begins and is divided accordingly and is longer than asked, never
 * shorter.
 */
export function spanOf(now: number, lookback: number): Span {
  const grain = lookback < 15 * day - minute ? minute : lookback < 62 * day ? 5 * minute : 60 * minute;
  const to = Math.ceil((now + 1) / grain) * grain;
  const pieces = Math.ceil(lookback / day);
  const period = Math.ceil(lookback / pieces / grain) * grain;
  return { from: to - pieces * period, to, period: period / 1_000 };
}

/** The period for series of which single values matter, such as the depth of a queue: seconds. */
export function finePeriod(span: Span): number {
  const length = span.to - span.from;
  if (length <= 180 * minute) return 60;
  return length < 62 * day ? 300 : 3_600;
}
