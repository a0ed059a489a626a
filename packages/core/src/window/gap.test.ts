import { expect, test } from '@jest/globals';
import { parseRule, skippedTimes } from './index.ts';

const year = { start: Date.UTC(2026, 0, 1), end: Date.UTC(2027, 0, 1) };
const skipped = (...rules: string[]) =>
  skippedTimes(rules.map(parseRule), year, 'Europe/Berlin').map(
    ({ local, timeZone }) => `${local} ${timeZone}`,
  );

test('times that the clocks skip are found: starts, ends, ends of the next day, single ones', () => {
  expect(skipped('Sun 02:30-06:00')).toEqual(['2026-03-29 02:30 Europe/Berlin']);
  expect(skipped('Sat 22:00-02:15')).toEqual(['2026-03-29 02:15 Europe/Berlin']);
  expect(skipped('Sun 02:30-04:00 America/New_York')).toEqual(['2026-03-08 02:30 America/New_York']);
  expect(skipped('2026-03-29T02:00..2026-03-29T05:00')).toEqual(['2026-03-29 02:00 Europe/Berlin']);
  expect(skipped('Fri', 'Sat 00:00-24:00 Africa/Cairo')).toEqual([]);
  expect(skipped('Fri 00:00-06:00 Africa/Cairo')).toEqual(['2026-04-24 00:00 Africa/Cairo']);
});

test('times that the clocks show once or twice are none of them', () => {
  expect(skipped('Sun 03:00-06:00', 'Sun 02:30-06:00 UTC', 'Sun 01:00 for 3h')).toEqual([]);
  expect(skipped('2026-10-25T02:30..2026-10-25T05:00', 'Sun 02:00-03:00 Africa/Johannesburg')).toEqual([]);
});
