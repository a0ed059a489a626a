import { describe, expect, test } from '@jest/globals';
import { duration, moment, period, tick } from './index.ts';

describe('times', () => {
  test.each([
    [0, '0 ms'],
    [340, '340 ms'],
    [1000, '1 s'],
    [1449, '1.4 s'],
    [9960, '10 s'],
    [12_400, '12 s'],
    [59_600, '1 min'],
    [270_000, '4 min 30 s'],
    [7_500_000, '2 h 5 min'],
    [3_600_000, '1 h'],
    [273_600_000, '3 d 4 h'],
  ])('%d milliseconds are %s', (milliseconds, words) => {
    expect(duration(milliseconds)).toBe(words);
  });

  test('are told in UTC', () => {
    const at = Date.parse('2026-03-03T22:05:00+02:00');
    expect(moment(at)).toBe('2026-03-03 20:05:00 UTC');
    expect(period(at, at + 60_000)).toBe('2026-03-03 20:05:00 – 20:06:00 UTC');
    expect(period(at, at + 86_400_000)).toBe('2026-03-03 20:05:00 – 2026-03-04 20:05:00 UTC');
    expect([
      tick(at, 90_000, 15_000),
      tick(at, 3_600_000, 600_000),
      tick(at, 90_000_000, 21_600_000),
    ]).toEqual(['20:05:00', '20:05', '03-03 20:05']);
  });
});
