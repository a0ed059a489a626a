import { formatDuration, formatInstant } from '../clock/index.ts';
import { minuteLength } from './minute.ts';

/** When CloudWatch's numbers of a minute are taken as settled, at the least: milliseconds after its end. */
const settling = 2 * minuteLength;

/** Which minutes are counted and when they can be read; epoch milliseconds. */
export interface Schedule {
  readonly startedAt: number;
  /** Whether the canary already served requests for as long as the warm-up. */
  readonly warm: boolean;
  /** The first minute that counts. */
  readonly from: number;
  /** The window's end. */
  readonly until: number;
  /** How long after its end a minute is taken as settled: milliseconds. */
  readonly lag: number;
  /** From when on all requests are sent to the canary; absent: until the end both versions have some. */
  readonly aloneFrom?: number;
}

/**
 * The window begins with the first whole minute, or after the warm-up for a canary that is not warm yet. A metric
 * carries the time of its invocation, which may still run, so a minute settles no sooner than the function's timeout.
 */
export function planWindow(plan: {
  readonly now: number;
  readonly warm: boolean;
  /** Milliseconds. */
  readonly warmup: number;
  /** Minutes. */
  readonly window: number;
  /** The function's timeout in milliseconds. */
  readonly timeout: number;
}): Schedule {
  const first = Math.ceil(plan.now / minuteLength) * minuteLength;
  const warming = plan.warm ? 0 : Math.ceil(plan.warmup / minuteLength) * minuteLength;
  const from = first + warming;
  const until = from + plan.window * minuteLength;
  return { startedAt: plan.now, warm: plan.warm, from, until, lag: Math.max(settling, plan.timeout) };
}

/** The end of the last settled minute of the schedule, at most `limit`; `from` when there is none yet. */
export function settledUntil(schedule: Schedule, now: number, limit: number): number {
  const edge = Math.floor((now - schedule.lag) / minuteLength) * minuteLength;
  return Math.min(limit, Math.max(schedule.from, edge));
}

/** What will happen when, in one sentence. */
export function tellSchedule(schedule: Schedule): string {
  const { startedAt, from, until, lag, warm } = schedule;
  const answer = until + lag;
  const begin = warm
    ? 'The canary is warm.'
    : `Its first minutes, until ${formatInstant(from)}, are left out.`;
  return `${begin} Counted are the minutes from ${formatInstant(from)} to ${formatInstant(until)}; CloudWatch settles ${formatDuration(lag)} after a minute's end, so the answer comes at ${formatInstant(answer)} (in ${formatDuration(answer - startedAt)}), or sooner where the evidence suffices.`;
}
