import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sample } from '../../../../test/sample.ts';
import type { WeeklyRule } from './rule.ts';
import { windowState } from './state.ts';

/**
 * An oracle that knows no Temporal: it reads wall clocks with Intl, minute by minute, and finds local times by looking
 * for them. A time that no minute shows was skipped; it is read with the offset before the change, as RFC 5545 and
 * Temporal's `compatible` do. Of a time shown twice, `compatible` takes the first.
 */
const minute = 60_000;
const day = 1_440 * minute;
const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const formats = new Map<string, Intl.DateTimeFormat>();

/** The wall clock at an instant, as if it were UTC: epoch milliseconds of `YYYY-MM-DD HH:MM`. */
function wallClock(zone: string, at: number): number {
  const format =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
  formats.set(zone, format);
  const part = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)]));
  return Date.UTC(part.year ?? 0, (part.month ?? 1) - 1, part.day, part.hour, part.minute);
}

function isoWeekday(wall: number): number {
  const name = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', weekday: 'short' }).format(wall);
  return weekdays.indexOf(name) + 1;
}

/** The instants at which a zone's clocks show a wall time; two where daylight saving repeats it, none where it skips it. */
interface Shown {
  readonly first: ReadonlyMap<number, number>;
  readonly last: ReadonlyMap<number, number>;
}

/** The wall clock of every minute of a few days. Offsets change on quarters of an hour, so Intl is asked once for each. */
function clocks(zone: string, from: number, to: number): Shown {
  const first = new Map<number, number>();
  const last = new Map<number, number>();
  for (let quarter = from; quarter < to; quarter += 15 * minute) {
    const wall = wallClock(zone, quarter);
    for (let ahead = 0; ahead < 15 * minute; ahead += minute) {
      if (!first.has(wall + ahead)) first.set(wall + ahead, quarter + ahead);
      last.set(wall + ahead, quarter + ahead);
    }
  }
  return { first, last };
}

/** Which instant a doubtful wall time is: a window's as RFC 5545 reads it, a freeze's so that it freezes the most. */
type Side = 'window' | 'freeze start' | 'freeze end';

function instantOf(zone: string, shown: Shown, wall: number, side: Side): number {
  const seen = side === 'freeze end' ? shown.last.get(wall) : shown.first.get(wall);
  if (seen !== undefined) return seen;
  const near = side === 'freeze start' ? wall + 2 * day : wall - 2 * day;
  return wall - (wallClock(zone, near) - near);
}

interface Days {
  readonly from: number;
  readonly to: number;
  readonly shown: Shown;
}

/** Every minute of those days at which the rule is on. */
function activeMinutes(
  rule: WeeklyRule,
  zone: string,
  days: Days,
  as: 'window' | 'freeze',
): ReadonlySet<number> {
  const { from, to, shown } = days;
  const active = new Set<number>();
  const firstMidnight = Math.floor(wallClock(zone, from - day) / day) * day;
  for (let midnight = firstMidnight; midnight < to + 2 * day; midnight += day) {
    if (!rule.days.some((weekday) => weekday === isoWeekday(midnight))) continue;
    const side: Side = as === 'freeze' ? 'freeze start' : 'window';
    const start = instantOf(zone, shown, midnight + rule.from * minute, side);
    const until = 'to' in rule.end ? rule.end.to : 0;
    const wallEnd = midnight + (until <= rule.from ? day : 0) + until * minute;
    const end =
      'duration' in rule.end
        ? start + rule.end.duration
        : instantOf(zone, shown, wallEnd, as === 'freeze' ? 'freeze end' : 'window');
    for (let at = start; at < end; at += minute) active.add(at);
  }
  return active;
}

const troublesome = [
  'America/New_York',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'Africa/Casablanca',
  'America/Santiago',
  'Asia/Beirut',
  'Antarctica/Troll',
  'Pacific/Chatham',
  'Africa/Johannesburg',
];

/** `npm test` takes those in which something special happens, `npm run test:all` every zone that Node knows. */
const zones = sample(
  [...new Set([...troublesome, ...Intl.supportedValuesOf('timeZone')])],
  troublesome.length,
);

/** The quarters of an hour of 2024 to 2030 after which a zone has another offset; a fixed one a year where it never does. */
function changes(zone: string): readonly number[] {
  const found: number[] = [];
  const offset = (at: number) => wallClock(zone, at) - at;
  const first = Date.UTC(2024, 0, 1);
  let before = offset(first);
  for (let at = first; at < Date.UTC(2031, 0, 1); at += day) {
    const after = offset(at + day);
    if (before !== after) {
      let quarter = at;
      while (offset(quarter + 15 * minute) === before) quarter += 15 * minute;
      found.push(quarter + 15 * minute);
    }
    before = after;
  }
  return found.length > 0 ? found : Array.from({ length: 7 }, (_, index) => first + index * 366 * day);
}

const minuteOfDay = fc.integer({ min: 0, max: 287 }).map((five) => five * 5);

/** Rules that begin and end anywhere, and mostly about the time of day at which the clocks change. */
function ruleShape(changeOfDay: number) {
  const about = fc
    .integer({ min: -30, max: 30 })
    .map((five) => ((Math.round(changeOfDay / 5) + five) * 5 + 1440) % 1440);
  const start = fc.oneof(minuteOfDay, { arbitrary: about, weight: 3 });
  const end = fc.oneof(minuteOfDay, { arbitrary: about, weight: 3 }, fc.constant(1440));
  return fc.record({
    from: start,
    end: fc.oneof(
      { arbitrary: end.map((to) => ({ to })), weight: 2 },
      fc.integer({ min: 1, max: 200 }).map((tens) => ({ duration: tens * 10 * minute })),
    ),
    days: fc.subarray([1, 2, 3, 4, 5, 6, 7] as const, { minLength: 1 }),
    as: fc.constantFrom('window' as const, 'freeze' as const),
  });
}

const moments = fc.array(
  fc.oneof(fc.integer({ min: -1_500, max: 1_500 }), fc.integer({ min: -180, max: 180 })),
  { minLength: 8, maxLength: 8 },
);

test.each(zones)('windowState agrees with the minute oracle around every change of %s', (zone) => {
  for (const change of changes(zone)) {
    const from = change - 2 * day;
    const to = change + 3 * day;
    const days = { from, to, shown: clocks(zone, from - 2 * day, to + 2 * day) };
    const changeOfDay = (((wallClock(zone, change) % day) + day) % day) / minute;
    fc.assert(
      fc.property(ruleShape(changeOfDay), moments, ({ as, ...shape }, offsets) => {
        const rule: WeeklyRule = { kind: 'weekly', ...shape, timeZone: zone, label: 'rule' };
        const active = activeMinutes(rule, zone, days, as);
        const calendar = {
          windows: as === 'window' ? [rule] : undefined,
          freezes: as === 'freeze' ? [rule] : [],
        };
        const open = (at: number) => active.has(at) === (as === 'window');
        for (const offset of offsets) {
          const at = change + offset * minute;
          const state = windowState({ ...calendar, timeZone: zone }, at);
          expect(state.open).toBe(open(at));
          let closes = at;
          while (open(closes) && closes < to) closes += minute;
          if (closes < to) expect(state.closesAt).toBe(state.open ? closes : undefined);
          let opens = closes;
          while (!open(opens) && opens < to) opens += minute;
          if (opens < to) expect(state.nextOpensAt).toBe(opens);
          else expect(state.nextOpensAt ?? to).toBeGreaterThanOrEqual(to);
        }
      }),
      { numRuns: troublesome.includes(zone) ? 3 : 1 },
    );
  }
});
