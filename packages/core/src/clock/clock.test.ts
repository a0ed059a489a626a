import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatDuration, formatInstant, parseDuration, parseInstant } from './index.ts';

test.each([
  ['90s', 90_000],
  ['5m', 300_000],
  ['1h30m', 5_400_000],
  ['7d', 604_800_000],
  ['1.5h', 5_400_000],
  ['250ms', 250],
])('the duration %s is %d ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(['', '30', 's', '5 m', '-5m', '5m later', '5M', '1e3s'])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test('a duration of at most two units reads back as it was written', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 99 }), fc.constantFrom('d', 'h', 'm', 's'), (amount, unit) => {
      const milliseconds = parseDuration(`${amount}${unit}`) ?? Number.NaN;
      const shown = formatDuration(milliseconds).replaceAll(' ', '');
      expect(parseDuration(shown)).toBe(milliseconds);
    }),
  );
});

test('instants must say their offset', () => {
  expect(parseInstant('2026-03-03T22:00:00+02:00')).toBe(Date.UTC(2026, 2, 3, 20));
  expect(parseInstant('2026-03-03T22:00:00')).toBeUndefined();
  expect(parseInstant('2026-02-30T22:00:00Z')).toBeUndefined();
  expect(formatInstant(Date.UTC(2026, 2, 3, 20))).toBe('2026-03-03T20:00:00Z');
});
