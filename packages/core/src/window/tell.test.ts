import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseDuration } from '../clock/index.ts';
import { compactDuration, localTime, until } from './tell.ts';

test('a compact duration is what a duration input reads back, to the second below', () => {
  expect([0, 999, 14_100_000, 93_784_000].map(compactDuration)).toEqual(['0s', '0s', '3h55m', '1d2h3m4s']);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10 ** 11 }), (milliseconds) => {
      expect(parseDuration(compactDuration(milliseconds))).toBe(Math.floor(milliseconds / 1_000) * 1_000);
    }),
  );
});

test('local times carry weekday, zone and offset', () => {
  const at = Date.parse('2026-11-01T05:30:15Z');
  expect(localTime(at, 'America/New_York')).toBe('Sun 2026-11-01 01:30:15 America/New_York (-04:00)');
  expect(localTime(at, 'UTC')).toBe('Sun 2026-11-01 05:30:15 UTC');
});

test('waits are told to the minute, never shorter than they are', () => {
  expect([30_000, 60_001, 3_599_999].map((wait) => until(wait, 0))).toEqual(['in 30s', 'in 2m', 'in 1h']);
});
