import { Temporal } from 'temporal-polyfill';
import type { Moment, Rule, WeeklyRule } from './rule.ts';
import type { Span } from './span.ts';

/** A wall-clock time of a rule that the clocks skip on one day. */
export interface SkippedTime {
  readonly rule: Rule;
  /** `2026-03-29 02:30`, as the rule writes it. */
  readonly local: string;
  readonly timeZone: string;
}

/** The times within the span at which a rule begins or ends and which no clock shows, because daylight saving skips them. */
export function skippedTimes(
  rules: readonly Rule[],
  within: Span,
  defaultZone: string,
): readonly SkippedTime[] {
  return rules.flatMap((rule) => {
    const timeZone = rule.timeZone ?? defaultZone;
    const times =
      rule.kind === 'weekly' ? weeklyTimes(rule, within, timeZone) : momentTimes([rule.from, rule.to]);
    const skipped = times.filter((time) => isSkipped(time, timeZone));
    const local = [
      ...new Set(skipped.map((time) => time.toString({ smallestUnit: 'minute' }).replace('T', ' '))),
    ];
    return local.map((text) => ({ rule, local: text, timeZone }));
  });
}

function weeklyTimes(rule: WeeklyRule, within: Span, zone: string): readonly Temporal.PlainDateTime[] {
  const date = (at: number) =>
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate();
  const last = date(within.end);
  const times: Temporal.PlainDateTime[] = [];
  for (let day = date(within.start); Temporal.PlainDate.compare(day, last) < 0; day = day.add({ days: 1 })) {
    if (!rule.days.some((weekday) => weekday === day.dayOfWeek)) continue;
    const midnight = day.toPlainDateTime();
    times.push(midnight.add({ minutes: rule.from }));
    if ('to' in rule.end)
      times.push(midnight.add({ minutes: rule.end.to <= rule.from ? rule.end.to + 1440 : rule.end.to }));
  }
  return times;
}

function momentTimes(moments: readonly Moment[]): readonly Temporal.PlainDateTime[] {
  return moments.flatMap((moment) => ('local' in moment ? [Temporal.PlainDateTime.from(moment.local)] : []));
}

function isSkipped(time: Temporal.PlainDateTime, zone: string): boolean {
  return !time.toZonedDateTime(zone).toPlainDateTime().equals(time);
}
