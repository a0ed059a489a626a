import { expect, test } from '@jest/globals';
import * as v from 'valibot';
import { durationSchema, instantSchema, percentSchema } from '../units/index.ts';
import { trafficSchema } from './definition.ts';

const minimal = { account: 'prod', function: 'f', alias: 'live', 'requests-per-minute': 60 };

test('a minimal definition is completed with the defaults', () => {
  expect(v.parse(trafficSchema, minimal)).toMatchObject({
    'requests-per-minute': { base: 60, curve: 'flat', bursts: [] },
    'error-rate': 0,
    latency: { median: 40, p95: 120 },
    settle: 120_000,
    late: 0,
  });
});

test.each([
  ['40ms', 40],
  ['90s', 90_000],
  ['1.5m', 90_000],
  ['2h', 7_200_000],
  ['7d', 604_800_000],
])('the duration %s is read', (text, milliseconds) => {
  expect(v.parse(durationSchema, text)).toBe(milliseconds);
});

test.each(['30', '30 s', '-5m', '5min', '', '1h30m'])('the duration %p is refused', (text) => {
  expect(v.safeParse(durationSchema, text).success).toBe(false);
});

test('percents need their sign and stay within 100', () => {
  expect(v.parse(percentSchema, '0.1%')).toBeCloseTo(0.001, 12);
  for (const wrong of ['0.1', 0.1, '101%', '-1%', '%'])
    expect(v.safeParse(percentSchema, wrong).success).toBe(false);
});

test('times need a zone and must exist', () => {
  expect(v.parse(instantSchema, '2026-03-03T22:05:00+02:00')).toBe(Date.parse('2026-03-03T20:05:00Z'));
  for (const wrong of ['2026-03-03T20:05:00', '2026-13-03T20:05:00Z', 'now']) {
    expect(v.safeParse(instantSchema, wrong).success).toBe(false);
  }
});

test.each([
  [{ ...minimal, 'requests-per-minute': '60' }, 'requests per minute'],
  [{ ...minimal, latency: { median: '100ms', p95: '50ms' } }, 'median ≤ p95'],
  [{ ...minimal, versions: { live: { 'error-rate': '5%' } } }, 'number as the key'],
  [{ ...minimal, 'eror-rate': '5%' }, 'eror-rate'],
])('%j is refused with what is expected', (definition, message) => {
  const result = v.safeParse(trafficSchema, definition);
  expect(result.issues?.map((issue) => issue.message).join('; ')).toContain(message);
});
