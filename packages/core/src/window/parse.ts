import { Temporal } from 'temporal-polyfill';
import { parseDuration, parseInstant } from '../clock/index.ts';
import type { DatedRule, Moment, Rule, Weekday, WeeklyRule } from './rule.ts';

/** What is accepted, as the end of "expected …". */
export const expectedRule =
  '`Tue,Thu 22:00-02:00 Africa/Johannesburg`, `Sat 06:00 for 4h UTC`, `Fri` for the whole day, ' +
  '`2026-12-15..2027-01-05`, `2026-12-25`, `2026-12-15T18:00..2026-12-16T06:00 Africa/Johannesburg`, ' +
  'or a map {days, from, to or duration, time-zone} or {from, to, time-zone, name}';

/** The longest `duration` of a weekly rule: longer than this it would meet itself. */
const longest = 7 * 86_400_000;

/** Why an entry is no rule, as a sentence about it. */
export class NoRule extends Error {}

/**
 * One window or freeze in its text or its structured form.
 * @throws NoRule saying what is wrong with it.
 */
export function parseRule(entry: unknown): Rule {
  if (typeof entry === 'string') return parseText(entry.trim());
  if (typeof entry === 'object' && entry !== null && !Array.isArray(entry))
    return parseMap(Object.entries(entry));
  throw new NoRule(`${JSON.stringify(entry)} is neither a text nor a map`);
}

/** True for names of the IANA time zone database, and nothing else: offsets such as `+02:00` know no daylight saving. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name);
    return true;
  } catch {
    return false;
  }
}

function parseText(text: string): Rule {
  if (text === '') throw new NoRule('an entry is empty');
  const inEntry = (parse: () => Rule): Rule => {
    try {
      return parse();
    } catch (error) {
      throw error instanceof NoRule ? new NoRule(`\`${text}\`: ${error.message}`) : error;
    }
  };
  return inEntry(() => (/^\d/.test(text) ? parseDatedText(text) : parseWeeklyText(text)));
}

function parseWeeklyText(text: string): WeeklyRule {
  const words = text.replace(/\s*([,–-])\s*/g, '$1').split(/\s+/);
  const days = parseDays(words.shift() ?? '');
  const range = /^(\d{1,2}:\d\d)[–-](\d{1,2}:\d\d)$/.exec(words[0] ?? '');
  let from = 0;
  let end: WeeklyRule['end'] = { to: 1440 };
  if (range) {
    from = startTime(range[1] ?? '');
    end = { to: clockTime(range[2] ?? '') };
    words.shift();
  } else if (/^\d/.test(words[0] ?? '')) {
    from = startTime(words.shift() ?? '');
    if (words.shift()?.toLowerCase() !== 'for')
      throw new NoRule('a start needs an end: `22:00-02:00` or `22:00 for 4h`');
    end = { duration: length(words.shift() ?? '') };
  }
  return { kind: 'weekly', days, from, end, timeZone: zoneOf(words), label: text };
}

function parseDatedText(text: string): DatedRule {
  const words = text.replace(/\s*\.\.\s*/g, '..').split(/\s+/);
  const [from = '', to = from, ...more] = (words.shift() ?? '').split(/\.\.|\//);
  if (more.length > 0) throw new NoRule('a time span has one start and one end');
  return dated(from, to, zoneOf(words), text);
}

function zoneOf(words: readonly string[]): string | undefined {
  const [zone, ...more] = words;
  if (more.length > 0) throw new NoRule(`\`${more.join(' ')}\` is more than a rule says`);
  if (zone !== undefined) checkZone(zone);
  return zone;
}

function checkZone(zone: string): void {
  if (!isTimeZone(zone))
    throw new NoRule(`\`${zone}\` is no IANA time zone; write it as \`Africa/Johannesburg\` or \`UTC\``);
}

function parseMap(entries: readonly (readonly [string, unknown])[]): Rule {
  const map = new Map(entries);
  const label = describeMap(map);
  try {
    return map.has('days') ? weeklyFromMap(map, label) : datedFromMap(map, label);
  } catch (error) {
    throw error instanceof NoRule ? new NoRule(`\`${label}\`: ${error.message}`) : error;
  }
}

function weeklyFromMap(map: ReadonlyMap<string, unknown>, label: string): WeeklyRule {
  onlyKeys(map, ['days', 'from', 'to', 'duration', 'time-zone', 'name']);
  const given = map.get('days');
  const days = parseDays(Array.isArray(given) ? given.join(',') : String(given));
  const from = map.has('from') ? startTime(textOf(map, 'from')) : 0;
  if (map.has('to') && map.has('duration')) throw new NoRule('it has both `to` and `duration`; keep one');
  if (map.has('from') && !map.has('to') && !map.has('duration'))
    throw new NoRule('it has `from` but neither `to` nor `duration`');
  const end = map.has('duration')
    ? { duration: length(textOf(map, 'duration')) }
    : { to: map.has('to') ? clockTime(textOf(map, 'to')) : 1440 };
  return { kind: 'weekly', days, from, end, timeZone: zoneFromMap(map), label };
}

function datedFromMap(map: ReadonlyMap<string, unknown>, label: string): DatedRule {
  if (!map.has('from')) throw new NoRule('it has neither `days` (every week) nor `from` (once)');
  onlyKeys(map, ['from', 'to', 'time-zone', 'name']);
  const from = textOf(map, 'from');
  return dated(from, map.has('to') ? textOf(map, 'to') : from, zoneFromMap(map), label);
}

function zoneFromMap(map: ReadonlyMap<string, unknown>): string | undefined {
  return map.has('time-zone') ? zoneOf([textOf(map, 'time-zone')]) : undefined;
}

function textOf(map: ReadonlyMap<string, unknown>, key: string): string {
  const value = map.get(key);
  if (typeof value !== 'string') throw new NoRule(`\`${key}\` must be text; write it in quotes`);
  return value.trim();
}

function onlyKeys(map: ReadonlyMap<string, unknown>, known: readonly string[]): void {
  const unknown = [...map.keys()].filter((key) => !known.includes(key));
  if (unknown.length > 0)
    throw new NoRule(`it has no \`${unknown.join('`, `')}\`; it has \`${known.join('`, `')}\``);
}

function describeMap(map: ReadonlyMap<string, unknown>): string {
  const days = map.get('days');
  const times = [map.get('from'), map.get('to')].filter(Boolean).join(days === undefined ? '..' : '-');
  const duration = map.has('duration') ? `for ${map.get('duration')}` : undefined;
  const rule = [days, times, duration, map.get('time-zone')].filter(Boolean).join(' ');
  const name = map.get('name');
  return typeof name === 'string' && name.trim()
    ? `${name.trim()} (${rule})`
    : rule || JSON.stringify(Object.fromEntries(map));
}

const dayNames = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

function parseDays(text: string): readonly Weekday[] {
  if (/^(daily|every-?day)$/i.test(text)) return [1, 2, 3, 4, 5, 6, 7];
  const days = text.split(',').flatMap((part) => {
    const [first = '', last, ...more] = part.split(/[–-]/);
    if (more.length > 0) throw new NoRule(`\`${part}\` is no range of days; write \`Mon-Fri\``);
    return last === undefined ? [parseDay(first)] : dayRange(parseDay(first), parseDay(last));
  });
  return [...new Set(days)].sort((a, b) => a - b);
}

/** `Fri-Mon` goes over the end of the week. */
function dayRange(first: Weekday, last: Weekday): readonly Weekday[] {
  const count = ((last - first + 7) % 7) + 1;
  return Array.from({ length: count }, (_, index) => (((first - 1 + index) % 7) + 1) as Weekday);
}

function parseDay(text: string): Weekday {
  const name = text.trim().toLowerCase().replace(/days$/, 'day');
  const index = name.length < 3 ? -1 : dayNames.findIndex((day) => day.startsWith(name));
  if (index < 0)
    throw new NoRule(
      `\`${text.trim()}\` is no day of the week; write \`Mon\` to \`Sun\`, \`Mon-Fri\` or \`daily\``,
    );
  return (index + 1) as Weekday;
}

/** Minutes after midnight of `00:00` to `24:00`. */
function clockTime(text: string): number {
  const [, hours = '', minutes = ''] = /^(\d{1,2}):(\d\d)$/.exec(text) ?? [];
  const total = hours === '' ? Number.NaN : Number(hours) * 60 + Number(minutes);
  if (!(total <= 1440) || Number(minutes) > 59)
    throw new NoRule(`\`${text}\` is no time of day; write \`22:00\`, up to \`24:00\``);
  return total;
}

function startTime(text: string): number {
  const minutes = clockTime(text);
  if (minutes === 1440) throw new NoRule('a start at `24:00` is `00:00` of the next day; write that');
  return minutes;
}

function length(text: string): number {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined || milliseconds <= 0 || milliseconds > longest)
    throw new NoRule(`\`${text}\` is no length of a window; write \`90m\` or \`4h\`, at most \`7d\``);
  return milliseconds;
}

/** Dates are whole days: a date as the end is still part of it. */
function dated(from: string, to: string, timeZone: string | undefined, label: string): DatedRule {
  const rule: DatedRule = {
    kind: 'dated',
    from: moment(from, 'start'),
    to: moment(to, 'end'),
    timeZone,
    label,
  };
  if (!before(rule.from, rule.to)) throw new NoRule('its end is not after its start');
  return rule;
}

function moment(text: string, side: 'start' | 'end'): Moment {
  const instant = parseInstant(text);
  if (instant !== undefined) return { instant };
  try {
    if (/^\d{4}-\d\d-\d\d$/.test(text)) {
      const day = Temporal.PlainDate.from(text).add({ days: side === 'end' ? 1 : 0 });
      return { local: day.toPlainDateTime().toString() };
    }
    if (/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/.test(text))
      return { local: Temporal.PlainDateTime.from(text).toString() };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  throw new NoRule(
    `\`${text}\` is no date or time; write \`2026-12-15\`, \`2026-12-15T18:00\` or \`2026-12-15T18:00:00+02:00\``,
  );
}

function before(from: Moment, to: Moment): boolean {
  if ('instant' in from && 'instant' in to) return from.instant < to.instant;
  if ('local' in from && 'local' in to) return Date.parse(`${from.local}Z`) < Date.parse(`${to.local}Z`);
  throw new NoRule('one end has an offset and the other has none; write both alike');
}
