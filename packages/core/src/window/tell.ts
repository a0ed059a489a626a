import { Temporal } from 'temporal-polyfill';
import { formatDuration } from '../clock/index.ts';

const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** `Tue 2026-03-03 22:00 Africa/Johannesburg (+02:00)`: an instant as the people who wait for it read their clocks. */
export function localTime(at: number, zone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone);
  const time = local.toPlainTime().toString({ smallestUnit: local.second === 0 ? 'minute' : 'second' });
  const offset = zone === 'UTC' ? '' : ` (${local.offset})`;
  return `${weekdays[local.dayOfWeek - 1]} ${local.toPlainDate().toString()} ${time} ${zone}${offset}`;
}

/** `in 1d 2h`, to the minute where it is longer than one. */
export function until(at: number, now: number): string {
  const rest = at - now;
  return `in ${formatDuration(rest > 60_000 ? Math.ceil(rest / 60_000) * 60_000 : rest)}`;
}

/** `3h55m`: a length as inputs take it, rounded down to seconds. */
export function compactDuration(milliseconds: number): string {
  let rest = Math.floor(milliseconds / 1_000);
  const parts: string[] = [];
  for (const [unit, seconds] of [
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    const amount = Math.floor(rest / seconds);
    if (amount > 0) parts.push(`${amount}${unit}`);
    rest -= amount * seconds;
  }
  return parts.join('') || '0s';
}
