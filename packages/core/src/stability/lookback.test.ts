import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { finePeriod, spanOf } from './lookback.ts';

const minute = 60_000;
const day = 1_440 * minute;
const now = Date.parse('2026-03-03T20:05:30Z');

test('a day is one period that ends with the present minute', () => {
  expect(spanOf(now, day)).toEqual({
    from: Date.parse('2026-03-02T20:06:00Z'),
    to: Date.parse('2026-03-03T20:06:00Z'),
    period: 86_400,
  });
});

test('several days are divided so that no period is longer than a day', () => {
  expect(spanOf(now, 36 * 60 * minute).period).toBe(18 * 3_600);
});

test('the span covers the lookback to this moment, in whole periods that CloudWatch keeps and takes', () => {
  const moments = fc.integer({ min: now, max: now + 400 * day });
  fc.assert(
    fc.property(moments, fc.integer({ min: minute, max: 400 * day }), (at, lookback) => {
      const { from, to, period } = spanOf(at, lookback);
      expect(to).toBeGreaterThan(at);
      expect(from).toBeLessThanOrEqual(to - lookback);
      expect((to - from) % (period * 1_000)).toBe(0);
      const age = at - from;
      const grain = age < 15 * day ? 60 : age < 63 * day ? 300 : 3_600;
      expect(period % grain).toBe(0);
      expect((from / 1_000) % grain).toBe(0);
      expect(finePeriod({ from, to, period }) % grain).toBe(0);
    }),
  );
});
