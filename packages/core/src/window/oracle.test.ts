import { expect, test } from '@jest/globals';
import fc from 'fast-check';
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

/** The wall clock of every minute of a few days. Offsets change on quarters of an hour, so Intl is asked once for each. */
function clocks(zone: string, from: number, to: number): ReadonlyMap<number, number> {
  const shown = new Map<number, number>();
  for (let quarter = from; quarter < to; quarter += 15 * minute) {
    const wall = wallClock(zone, quarter);
    for (let ahead = 0; ahead < 15 * minute; ahead += minute)
      if (!shown.has(wall + ahead)) shown.set(wall + ahead, quarter + ahead);
  }
  return shown;
}

function instantOf(zone: string, shown: ReadonlyMap<number, number>, wall: number): number {
  const seen = shown.get(wall);
  if (seen !== undefined) return seen;
  const offsetBefore = wallClock(zone, wall - 2 * day) - (wall - 2 * day);
  return wall - offsetBefore;
}

/** Every minute in the span at which the rule is open. */
function openMinutes(rule: WeeklyRule, zone: string, from: number, to: number): ReadonlySet<number> {
  const shown = clocks(zone, from - 2 * day, to + 2 * day);
  const open = new Set<number>();
  const firstMidnight = Math.floor(wallClock(zone, from - day) / day) * day;
  for (let midnight = firstMidnight; midnight < to + 2 * day; midnight += day) {
    if (!rule.days.some((weekday) => weekday === isoWeekday(midnight))) continue;
    const start = instantOf(zone, shown, midnight + rule.from * minute);
    const to = 'to' in rule.end ? rule.end.to : 0;
    const wallEnd = midnight + (to <= rule.from ? day : 0) + to * minute;
    const end = 'duration' in rule.end ? start + rule.end.duration : instantOf(zone, shown, wallEnd);
    for (let at = start; at < end; at += minute) open.add(at);
  }
  return open;
}

const zones = [
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Africa/Cairo',
  'Africa/Casablanca',
  'America/Santiago',
  'Asia/Beirut',
  'Pacific/Auckland',
  'Africa/Johannesburg',
];

/** The hours of 2024 to 2030 in which a zone changes its offset; a fixed hour a year where it never does. */
function changes(zone: string): readonly number[] {
  const found: number[] = [];
  const offset = (at: number) => wallClock(zone, at) - at;
  const first = Date.UTC(2024, 0, 1);
  for (let at = first; at < Date.UTC(2031, 0, 1); at += day) {
    if (offset(at) === offset(at + day)) continue;
    let hour = at;
    while (offset(hour) === offset(hour + 60 * minute)) hour += 60 * minute;
    found.push(hour);
  }
  return found.length > 0 ? found : Array.from({ length: 7 }, (_, index) => first + index * 366 * day);
}

const minuteOfDay = fc.integer({ min: 0, max: 287 }).map((five) => five * 5);
const nightMinute = fc.integer({ min: 0, max: 48 }).map((five) => five * 5);
const ruleShape = fc.record({
  from: fc.oneof(minuteOfDay, nightMinute),
  end: fc.oneof(
    fc.oneof(minuteOfDay, nightMinute, fc.constant(1440)).map((to) => ({ to })),
    fc.integer({ min: 1, max: 200 }).map((tens) => ({ duration: tens * 10 * minute })),
  ),
  days: fc.subarray([1, 2, 3, 4, 5, 6, 7] as const, { minLength: 1 }),
});

test.each(zones)('windowState agrees with the minute oracle around every change of %s', (zone) => {
  const hours = changes(zone);
  fc.assert(
    fc.property(
      fc.constantFrom(...hours),
      ruleShape,
      fc.array(fc.oneof(fc.integer({ min: -1_500, max: 1_500 }), fc.integer({ min: -90, max: 150 })), {
        minLength: 16,
        maxLength: 16,
      }),
      (change, { from, end, days }, offsets) => {
        const rule: WeeklyRule = { kind: 'weekly', days, from, end, timeZone: zone, label: 'rule' };
        const calendar = { windows: [rule], freezes: [], timeZone: zone };
        const last = change + 3 * day;
        const open = openMinutes(rule, zone, change - 2 * day, last);
        for (const offset of offsets) {
          const at = change + offset * minute;
          const state = windowState(calendar, at);
          expect(state.open).toBe(open.has(at));
          let closes = at;
          while (open.has(closes) && closes < last) closes += minute;
          if (closes < last) expect(state.closesAt).toBe(state.open ? closes : undefined);
          let opens = closes;
          while (!open.has(opens) && opens < last) opens += minute;
          if (opens < last) expect(state.nextOpensAt).toBe(opens);
          else expect(state.nextOpensAt ?? last).toBeGreaterThanOrEqual(last);
        }
      },
    ),
    { numRuns: 12 },
  );
});
