import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { planWindow, settledUntil, tellSchedule } from './schedule.ts';

const now = Date.parse('2026-03-03T20:05:20Z');
const minute = 60_000;
const plan = { now, warm: false, warmup: 3 * minute, window: 5, timeout: 10_000 };

test('the window begins after the warm-up, in whole minutes; the answer waits for the last of them to settle', () => {
  const schedule = planWindow(plan);
  expect(new Date(schedule.from).toISOString()).toBe('2026-03-03T20:09:00.000Z');
  expect(new Date(schedule.until).toISOString()).toBe('2026-03-03T20:14:00.000Z');
  expect(tellSchedule(schedule)).toContain('the answer comes at 2026-03-03T20:16:00Z (in 10m 40s)');
});

test('a warm canary is counted from the next whole minute', () => {
  expect(planWindow({ ...plan, warm: true }).from).toBe(Date.parse('2026-03-03T20:06:00Z'));
});

test('a minute settles no sooner than an invocation of it may end', () => {
  expect(planWindow({ ...plan, timeout: 900_000 }).lag).toBe(900_000);
  expect(planWindow(plan).lag).toBe(2 * minute);
});

test('settled minutes are whole, within the window, over for as long as the lag, and never become fewer', () => {
  fc.assert(
    fc.property(fc.nat(30 * minute), fc.nat(30 * minute), fc.nat(900_000), (a, b, timeout) => {
      const schedule = planWindow({ ...plan, timeout });
      const edge = settledUntil(schedule, now + a, schedule.until);
      expect((edge - schedule.from) % minute).toBe(0);
      expect(edge).toBeGreaterThanOrEqual(schedule.from);
      expect(edge).toBeLessThanOrEqual(schedule.until);
      if (edge > schedule.from) expect(edge + schedule.lag).toBeLessThanOrEqual(now + a);
      expect(settledUntil(schedule, now + a + b, schedule.until)).toBeGreaterThanOrEqual(edge);
    }),
  );
  const schedule = planWindow(plan);
  expect(settledUntil(schedule, schedule.until + schedule.lag, schedule.until)).toBe(schedule.until);
});
