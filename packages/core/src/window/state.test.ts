import { describe, expect, test } from '@jest/globals';
import { parseRule } from './parse.ts';
import { type Calendar, frozenTimes, nextFit, openings, skippedWindows, windowState } from './state.ts';

const minute = 60_000;
const hour = 60 * minute;
const johannesburg = 'Africa/Johannesburg';
const newYork = 'America/New_York';

function calendar(
  windows: readonly string[] | undefined,
  freezes: readonly string[] = [],
  timeZone = johannesburg,
): Calendar {
  return { windows: windows?.map(parseRule), freezes: freezes.map(parseRule), timeZone };
}
const at = (text: string) => Date.parse(text);
const iso = (instant: number | undefined) =>
  instant === undefined ? undefined : new Date(instant).toISOString().replace('.000Z', 'Z');
function state(of: Calendar, instant: string) {
  const { open, closesAt, nextOpensAt, reason } = windowState(of, at(instant));
  return { open, closes: iso(closesAt), next: iso(nextOpensAt), reason };
}

describe('Tue and Thu 22:00–02:00, Sat 06:00–10:00 in Johannesburg', () => {
  const usual = calendar(['Tue,Thu 22:00-02:00', 'Sat 06:00-10:00']);

  test('open on Tuesday night, and after midnight still', () => {
    expect(state(usual, '2026-03-03T20:05:00Z')).toEqual({
      open: true,
      closes: '2026-03-04T00:00:00Z',
      next: '2026-03-05T20:00:00Z',
      reason:
        'Open: by `Tue,Thu 22:00-02:00`; closes Wed 2026-03-04 02:00 Africa/Johannesburg (+02:00), in 3h 55m.',
    });
    expect(state(usual, '2026-03-03T23:59:59Z').open).toBe(true);
  });

  test('the start belongs to it and the end does not', () => {
    expect(state(usual, '2026-03-03T19:59:59Z').open).toBe(false);
    expect(state(usual, '2026-03-03T20:00:00Z').open).toBe(true);
    expect(state(usual, '2026-03-04T00:00:00Z').open).toBe(false);
  });

  test('closed says when it opens and in how long', () => {
    expect(state(usual, '2026-03-04T10:00:00Z')).toEqual({
      open: false,
      closes: undefined,
      next: '2026-03-05T20:00:00Z',
      reason:
        'Closed: outside of `Tue,Thu 22:00-02:00`, `Sat 06:00-10:00`. Opens Thu 2026-03-05 22:00 Africa/Johannesburg (+02:00), in 1d 10h.',
    });
  });

  test('no Fridays cuts the Thursday night at midnight', () => {
    const noFridays = { ...usual, freezes: [parseRule('Fri')] };
    expect(state(noFridays, '2026-03-05T21:00:00Z').closes).toBe('2026-03-05T22:00:00Z');
    expect(state(noFridays, '2026-03-05T22:30:00Z').reason).toContain('frozen by `Fri`');
  });

  test('a freeze ends the window, and the next opening is after it', () => {
    const frozen = { ...usual, freezes: [parseRule('2026-03-03..2026-03-06')] };
    const seen = state(frozen, '2026-03-03T20:05:00Z');
    expect(seen.open).toBe(false);
    expect(seen.next).toBe('2026-03-07T04:00:00Z');
  });
});

describe('no windows', () => {
  test('none defined is always open but for the freezes', () => {
    expect(state(calendar(undefined), '2026-03-04T10:00:00Z')).toMatchObject({
      open: true,
      closes: undefined,
    });
    expect(state(calendar(undefined, ['2026-03-10 UTC']), '2026-03-04T10:00:00Z').closes).toBe(
      '2026-03-10T00:00:00Z',
    );
  });
  test('an empty list of them is never open', () => {
    expect(state(calendar([]), '2026-03-04T10:00:00Z')).toMatchObject({ open: false, next: undefined });
  });
});

describe('spans far away', () => {
  test('a freeze of months is looked past', () => {
    const frozen = calendar(['Tue 22:00-23:00 UTC'], ['2026-01-01..2026-11-30 UTC']);
    expect(state(frozen, '2026-01-05T00:00:00Z').next).toBe('2026-12-01T22:00:00Z');
  });
  test('a freeze beyond the horizon is told as such', () => {
    const frozen = calendar(['Tue 22:00-23:00 UTC'], ['2026-01-01..2030-01-01 UTC']);
    expect(state(frozen, '2026-01-05T00:00:00Z').reason).toContain('No opening is in sight for 400 days');
  });
  test('windows that touch are one', () => {
    const nights = calendar(['Tue 22:00-24:00 UTC', 'Wed 00:00-02:00 UTC']);
    expect(state(nights, '2026-03-03T22:30:00Z').closes).toBe('2026-03-04T02:00:00Z');
  });
});

describe('daylight saving', () => {
  test('Saturday 22:00 to Sunday 04:00 in New York is 5 h in spring and 7 h in autumn', () => {
    const weekend = calendar(['Sat 22:00-04:00'], [], newYork);
    const length = (instant: string) => {
      const { closesAt } = windowState(weekend, at(instant));
      return ((closesAt ?? 0) - at(instant)) / hour;
    };
    expect(length('2026-03-07T22:00:00-05:00')).toBe(5);
    expect(length('2026-10-31T22:00:00-04:00')).toBe(7);
  });

  test('a duration is as long as it says', () => {
    const weekend = calendar(['Sat 22:00 for 6h'], [], newYork);
    expect(state(weekend, '2026-03-07T22:00:00-05:00').closes).toBe(iso(at('2026-03-08T05:00:00-04:00')));
    expect(state(weekend, '2026-10-31T22:00:00-04:00').closes).toBe(iso(at('2026-11-01T03:00:00-05:00')));
  });

  test('a window inside the skipped hour is closed, and said', () => {
    const gap = calendar(['Sun 02:00-03:00'], [], newYork);
    const seen = state(gap, '2026-03-08T01:59:00-05:00');
    expect(seen.open).toBe(false);
    expect(seen.next).toBe(iso(at('2026-03-15T02:00:00-04:00')));
    expect(seen.reason).toContain('Daylight saving skips `Sun 02:00-03:00` on Sun 2026-03-08 03:00');
    const week = { start: at('2026-03-05T00:00:00Z'), end: at('2026-03-12T00:00:00Z') };
    expect(skippedWindows(gap, week)).toHaveLength(1);
    expect(skippedWindows(gap, { start: week.end, end: week.end + 7 * 24 * hour })).toHaveLength(0);
  });

  test('freezes are read as wide as they can be', () => {
    const freeze = calendar(undefined, ['2026-11-01T01:15..2026-11-01T01:30'], newYork);
    expect(state(freeze, '2026-11-01T01:15:00-04:00').open).toBe(false);
    expect(state(freeze, '2026-11-01T01:29:00-05:00').open).toBe(false);
    expect(state(freeze, '2026-11-01T01:30:00-05:00').open).toBe(true);
    const inGap = calendar(undefined, ['2026-03-08T02:15..2026-03-08T02:45'], newYork);
    expect(state(inGap, '2026-03-08T01:15:00-05:00').open).toBe(false);
    expect(state(inGap, '2026-03-08T03:44:00-04:00').open).toBe(false);
  });
});

describe('the next time that fits', () => {
  const usual = calendar(['Tue,Thu 22:00-02:00', 'Sat 06:00-10:00']);
  test('is now, when enough is left', () => {
    expect(iso(nextFit(usual, at('2026-03-03T20:05:00Z'), 2 * hour))).toBe('2026-03-03T20:05:00Z');
  });
  test('is the next opening, when too little is left', () => {
    expect(iso(nextFit(usual, at('2026-03-03T23:00:00Z'), 2 * hour))).toBe('2026-03-05T20:00:00Z');
  });
  test('passes over windows that are too short, and over none', () => {
    const short = calendar(['Tue 22:00-23:00', 'Sat 06:00-10:00']);
    expect(iso(nextFit(short, at('2026-03-02T00:00:00Z'), 3 * hour))).toBe('2026-03-07T04:00:00Z');
    expect(nextFit(short, at('2026-03-02T00:00:00Z'), 5 * hour)).toBeUndefined();
  });
  test('comes before the latest start', () => {
    expect(nextFit(usual, at('2026-03-04T10:00:00Z'), hour, at('2026-03-04T12:00:00Z'))).toBeUndefined();
  });
});

test('bounds are joined: both must be open', () => {
  const planned = {
    start: at('2026-03-03T21:00:00Z'),
    end: at('2026-03-03T23:00:00Z'),
    label: 'the planned time of CHG-101',
  };
  const joined = { ...calendar(['Tue 22:00-02:00']), bounds: [planned] };
  expect(state(joined, '2026-03-03T20:30:00Z').reason).toContain('outside of the planned time of CHG-101');
  expect(state(joined, '2026-03-03T21:00:00Z').closes).toBe('2026-03-03T23:00:00Z');
});

describe('the outlook', () => {
  const usual = calendar(
    ['Tue,Thu 22:00-02:00', 'Sat 06:00-10:00'],
    ['Fri', '2026-03-07T08:00..2026-03-07T09:00'],
  );
  const week = { start: at('2026-03-03T20:05:00Z'), end: at('2026-03-10T20:05:00Z') };
  const spans = (found: readonly { start: number; end: number }[]) =>
    found.map(({ start, end }) => `${iso(start)} ${iso(end)}`);

  test('tells whole openings, cut by freezes alone', () => {
    expect(spans(openings(usual, week))).toEqual([
      '2026-03-03T20:00:00Z 2026-03-04T00:00:00Z',
      '2026-03-05T20:00:00Z 2026-03-05T22:00:00Z',
      '2026-03-07T04:00:00Z 2026-03-07T06:00:00Z',
      '2026-03-07T07:00:00Z 2026-03-07T08:00:00Z',
      '2026-03-10T20:00:00Z 2026-03-11T00:00:00Z',
    ]);
  });

  test('agrees with the state at every quarter of an hour', () => {
    const found = openings(usual, week);
    for (let now = week.start; now < week.end; now += 15 * minute) {
      const { open, closesAt, nextOpensAt } = windowState(usual, now);
      const current = found.find((span) => span.start <= now && now < span.end);
      expect([open, closesAt]).toEqual([current !== undefined, current?.end]);
      const next = found.find((span) => span.start > now);
      if (next) expect(nextOpensAt).toBe(next.start);
    }
  });

  test('has no start or no end where none is in sight', () => {
    expect(openings(calendar(undefined), week)).toEqual([
      { start: Number.NEGATIVE_INFINITY, end: Number.POSITIVE_INFINITY },
    ]);
    expect(openings(calendar([]), week)).toEqual([]);
  });

  test('tells every freeze that touches it, in order', () => {
    expect(frozenTimes(usual, week).map(({ rule, start }) => `${rule.label} ${iso(start)}`)).toEqual([
      'Fri 2026-03-05T22:00:00Z',
      '2026-03-07T08:00..2026-03-07T09:00 2026-03-07T06:00:00Z',
    ]);
  });
});
