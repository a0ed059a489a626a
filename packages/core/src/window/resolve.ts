import { Temporal } from 'temporal-polyfill';
import type { DatedRule, Moment, Rule, WeeklyRule } from './rule.ts';
import type { Span } from './span.ts';

/**
 * How local times that daylight saving repeats or skips are read. Windows take Temporal's `compatible`; freezes the
 * widest reading, so that nothing is promoted in an hour that is doubtful.
 */
export type Reading = 'window' | 'freeze';

type Disambiguation = 'compatible' | 'earlier' | 'later';

const readings: Readonly<Record<Reading, { readonly start: Disambiguation; readonly end: Disambiguation }>> =
  {
    window: { start: 'compatible', end: 'compatible' },
    freeze: { start: 'earlier', end: 'later' },
  };

/** One time that a rule holds; of no length when daylight saving skips the whole of it. */
export interface Occurrence extends Span {
  readonly rule: Rule;
}

const day = 86_400_000;

/** Every occurrence of the rule that may touch the span, in order. Rules without a zone of their own take the default. */
export function occurrences(
  rule: Rule,
  within: Span,
  reading: Reading,
  defaultZone: string,
): readonly Occurrence[] {
  const zone = rule.timeZone ?? defaultZone;
  return rule.kind === 'weekly' ? weekly(rule, within, reading, zone) : dated(rule, reading, zone);
}

function weekly(rule: WeeklyRule, within: Span, reading: Reading, zone: string): readonly Occurrence[] {
  const { start: startReading, end: endReading } = readings[reading];
  const reach = 2 * day + ('duration' in rule.end ? rule.end.duration : 0);
  const found: Occurrence[] = [];
  let date = localDate(within.start - reach, zone);
  const last = localDate(within.end + day, zone);
  for (; Temporal.PlainDate.compare(date, last) <= 0; date = date.add({ days: 1 })) {
    if (!rule.days.some((weekday) => weekday === date.dayOfWeek)) continue;
    const start = atMinute(date, rule.from, zone, startReading);
    if ('duration' in rule.end) {
      found.push({ rule, start, end: start + rule.end.duration });
    } else {
      const minutes = rule.end.to <= rule.from ? rule.end.to + 1440 : rule.end.to;
      found.push({ rule, start, end: atMinute(date, minutes, zone, endReading) });
    }
  }
  return found;
}

function dated(rule: DatedRule, reading: Reading, zone: string): readonly Occurrence[] {
  const { start, end } = readings[reading];
  return [{ rule, start: instantOf(rule.from, zone, start), end: instantOf(rule.to, zone, end) }];
}

function localDate(at: number, zone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate();
}

function atMinute(
  date: Temporal.PlainDate,
  minutes: number,
  zone: string,
  disambiguation: Disambiguation,
): number {
  const local = date.toPlainDateTime().add({ minutes });
  return local.toZonedDateTime(zone, { disambiguation }).epochMilliseconds;
}

function instantOf(moment: Moment, zone: string, disambiguation: Disambiguation): number {
  if ('instant' in moment) return moment.instant;
  return Temporal.PlainDateTime.from(moment.local).toZonedDateTime(zone, { disambiguation })
    .epochMilliseconds;
}
