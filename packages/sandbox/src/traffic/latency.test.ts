import { expect, test } from '@jest/globals';
import * as v from 'valibot';
import { percentile, percentileRank } from './datum.ts';
import { trafficSchema } from './definition.ts';
import { latencyDatum, normalBelow } from './latency.ts';
import type { AliasTraffic } from './minute.ts';

const definition = v.parse(trafficSchema, {
  ...{ account: 'prod', function: 'f', alias: 'live', 'requests-per-minute': 1 },
});
const traffic: AliasTraffic = { seed: 1, definition, history: [], worldStart: 0 };
/** Median 40, p95 120. */
const lognormal = { median: 40, sigma: Math.log(3) / 1.6448536269514722, slower: 1, extra: 0 };

function drawn(count: number, at = 0, more: Partial<typeof lognormal> = {}) {
  const minute = {
    version: '1',
    invocations: count,
    errors: 0,
    latencies: [{ ...lognormal, ...more, count }],
  };
  return latencyDatum(traffic, at, minute);
}

test('the normal distribution function has its known values', () => {
  for (const [z, below] of [
    [0, 0.5],
    [1, 0.8413447],
    [1.6448536, 0.95],
    [-2.3263479, 0.01],
    [4, 0.9999683],
  ] as const) {
    expect(normalBelow(z)).toBeCloseTo(below, 6);
  }
});

test.each([50, 200, 201, 3000, 100_000])(
  'the share of %p invocations over p95 spreads as a binomial does',
  (count) => {
    const draws = 1500;
    const slow = Array.from({ length: draws }, (_, at) => {
      const datum = drawn(count, at * 60_000);
      expect(datum.count).toBe(count);
      return count * (1 - (percentileRank(datum, Number.NEGATIVE_INFINITY, 120) ?? 0) / 100);
    });
    const mean = slow.reduce((sum, value) => sum + value, 0) / draws;
    const variance = slow.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (draws - 1);
    const expected = count * 0.05 * 0.95;
    expect(Math.abs(mean / count - 0.05)).toBeLessThan(0.0005 + (4 * Math.sqrt(expected / draws)) / count);
    // Within a bin there is no spread, so a little less is right; more would make false alarms.
    expect(variance / expected).toBeLessThan(1.2);
    expect(variance / expected).toBeGreaterThan(0.75);
  },
);

test('bins and single values agree on mean and percentiles', () => {
  const [mean, p50, p99] = [
    40 * Math.exp(lognormal.sigma ** 2 / 2),
    40,
    40 * Math.exp(lognormal.sigma * 2.3263479),
  ];
  const many = drawn(1_000_000);
  expect(many.sum / many.count / mean).toBeCloseTo(1, 2);
  expect((percentile(many, 50) ?? 0) / p50).toBeCloseTo(1, 2);
  expect((percentile(many, 99) ?? 0) / p99).toBeCloseTo(1, 2);
});

test('a latency without spread is that latency; extra and slower come on top', () => {
  const datum = drawn(500, 0, { sigma: 0, slower: 2, extra: 7 });
  expect(datum).toMatchObject({ count: 500, min: 87, max: 87 });
});
