import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as v from 'valibot';
import { percentile } from './datum.ts';
import { trafficSchema } from './definition.ts';
import type { AliasHistory } from './history.ts';
import { latencyDatum } from './latency.ts';
import { type AliasTraffic, incomplete, minuteOf } from './minute.ts';

const START = Date.parse('2026-03-03T20:00:00Z');
const MINUTE = 60_000;

function trafficWith(history: AliasHistory, more: object = {}, seed = 1): AliasTraffic {
  const definition = v.parse(trafficSchema, {
    account: 'prod',
    function: 'tenant-service',
    alias: 'latest-prod',
    'requests-per-minute': 600,
    ...more,
  });
  return { seed, definition, history, worldStart: START };
}

const stable: AliasHistory = [{ at: START, stable: '3', weight: 0 }];
const canary = (weight: number, at = START + 10 * MINUTE): AliasHistory => [
  ...stable,
  { at, stable: '3', canary: '4', weight },
];

/** Sums of many minutes, by version. */
function totals(traffic: AliasTraffic, from: number, minutes: number) {
  const sum = {
    requests: 0,
    throttles: 0,
    versions: new Map<string, { invocations: number; errors: number }>(),
  };
  for (let index = 0; index < minutes; index++) {
    const minute = minuteOf(traffic, from + index * MINUTE);
    sum.requests += minute.requests;
    sum.throttles += minute.throttles;
    for (const { version, invocations, errors } of minute.versions) {
      const before = sum.versions.get(version) ?? { invocations: 0, errors: 0 };
      sum.versions.set(version, {
        invocations: before.invocations + invocations,
        errors: before.errors + errors,
      });
    }
  }
  return sum;
}

const arbitraryTraffic = fc
  .record({
    seed: fc.integer(),
    rate: fc.integer({ min: 0, max: 3000 }),
    weight: fc.double({ min: 0, max: 1, noNaN: true }),
    at: fc.integer({ min: -5 * MINUTE, max: 10 * MINUTE }),
    errors: fc.integer({ min: 0, max: 100 }),
    throttles: fc.integer({ min: 0, max: 100 }),
    cold: fc.integer({ min: 0, max: 100 }),
  })
  .map(({ seed, rate, weight, at, errors, throttles, cold }) =>
    trafficWith(
      canary(weight, START + Math.max(1, at)),
      {
        'requests-per-minute': rate,
        'error-rate': `${errors}%`,
        'throttle-rate': `${throttles}%`,
        'cold-start': { extra: '800ms', minutes: 2, share: `${cold}%` },
        incidents: [
          { at: '2026-03-03T20:03:20Z', for: '90s', 'error-rate': '20%', 'throttle-rate': '5%', slower: 2 },
        ],
      },
      seed,
    ),
  );
const arbitraryMinute = fc.integer({ min: -10, max: 20 }).map((index) => START + index * MINUTE);

test('what arrives is throttled or invoked, and every invocation has a latency', () => {
  fc.assert(
    fc.property(arbitraryTraffic, arbitraryMinute, (traffic, at) => {
      const minute = minuteOf(traffic, at);
      const invoked = minute.versions.reduce((sum, version) => sum + version.invocations, 0);
      expect(minute.requests).toBe(invoked + minute.throttles);
      for (const version of minute.versions) {
        expect(version.invocations).toBeGreaterThan(0);
        expect(version.errors).toBeLessThanOrEqual(version.invocations);
        expect(version.latencies.reduce((sum, group) => sum + group.count, 0)).toBe(version.invocations);
        expect(latencyDatum(traffic, at, version).count).toBe(version.invocations);
      }
    }),
  );
});

test('a minute is the same whenever and in whatever order it is asked for', () => {
  fc.assert(
    fc.property(
      arbitraryTraffic,
      fc.array(arbitraryMinute, { minLength: 1, maxLength: 8 }),
      (traffic, minutes) => {
        const forwards = minutes.map((at) => minuteOf(traffic, at));
        const backwards = [...minutes].reverse().map((at) => minuteOf(traffic, at));
        expect(backwards.reverse()).toEqual(forwards);
      },
    ),
  );
});

test('while a minute is still coming in, it never shows more than the whole', () => {
  fc.assert(
    fc.property(
      arbitraryTraffic,
      arbitraryMinute,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (traffic, at, missing) => {
        const whole = minuteOf(traffic, at);
        const part = incomplete(traffic, whole, missing);
        expect(part.requests).toBeLessThanOrEqual(whole.requests);
        expect(part.throttles).toBeLessThanOrEqual(whole.throttles);
        for (const seen of part.versions) {
          const all = whole.versions.find((version) => version.version === seen.version);
          expect(seen.errors).toBeLessThanOrEqual(all?.errors ?? -1);
          expect(seen.invocations).toBeLessThanOrEqual(all?.invocations ?? -1);
          expect(seen.latencies.reduce((sum, group) => sum + group.count, 0)).toBe(seen.invocations);
        }
      },
    ),
  );
});

test('changing the weights changes neither how many requests come nor what they were before', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.double({ min: 0, max: 1, noNaN: true }),
      arbitraryMinute,
      (seed, weight, at) => {
        const before = minuteOf(trafficWith(stable, {}, seed), at);
        const after = minuteOf(trafficWith(canary(weight), {}, seed), at);
        expect(after.requests).toBe(before.requests);
        if (at < START + 10 * MINUTE) expect(after).toEqual(before);
      },
    ),
  );
});

test('rates converge to what the world states', () => {
  const traffic = trafficWith(canary(0.1), {
    'error-rate': '1%',
    'throttle-rate': '2%',
    versions: { '4': { 'error-rate': '10%' } },
  });
  const { requests, throttles, versions } = totals(traffic, START + 10 * MINUTE, 500);
  expect(requests / 500).toBeCloseTo(600, -1);
  expect(throttles / requests).toBeCloseTo(0.02, 2);
  const [three, four] = [versions.get('3'), versions.get('4')];
  expect((four?.invocations ?? 0) / (requests - throttles)).toBeCloseTo(0.1, 2);
  expect((three?.errors ?? 0) / (three?.invocations ?? 0)).toBeCloseTo(0.01, 2);
  expect((four?.errors ?? 0) / (four?.invocations ?? 0)).toBeCloseTo(0.1, 2);
});

test('a weight that changes within a minute counts by its share of it', () => {
  const traffic = trafficWith(canary(0.4, START + 10 * MINUTE + 45_000), {
    'requests-per-minute': 1_000_000,
  });
  const minute = minuteOf(traffic, START + 10 * MINUTE);
  const four = minute.versions.find(({ version }) => version === '4');
  expect((four?.invocations ?? 0) / minute.requests).toBeCloseTo(0.1, 2);
});

test('the alias the world began with had traffic before; one made later had none', () => {
  expect(minuteOf(trafficWith(stable), START - 24 * 60 * MINUTE).requests).toBeGreaterThan(0);
  const made = trafficWith([{ at: START + 5 * MINUTE, stable: '1', weight: 0 }]);
  expect(minuteOf(made, START + 4 * MINUTE)).toMatchObject({ requests: 0, versions: [] });
  expect(minuteOf(made, START + 5 * MINUTE).requests).toBeGreaterThan(0);
  const deleted = trafficWith([...stable, { at: START + MINUTE, stable: undefined, weight: 0 }]);
  expect(minuteOf(deleted, START + MINUTE).requests).toBe(0);
});

test('latency follows its median and p95, errors of an incident hit every version', () => {
  const traffic = trafficWith(canary(0.5), {
    'requests-per-minute': 4000,
    latency: { median: '40ms', p95: '120ms' },
    incidents: [{ at: '2026-03-03T20:20:00Z', for: '5m', 'error-rate': '20%', slower: 3 }],
  });
  const calm = minuteOf(traffic, START + 15 * MINUTE);
  const incident = minuteOf(traffic, START + 21 * MINUTE);
  for (const version of calm.versions) {
    const datum = latencyDatum(traffic, calm.at, version);
    expect((percentile(datum, 50) ?? 0) / 40).toBeCloseTo(1, 0);
    expect((percentile(datum, 95) ?? 0) / 120).toBeCloseTo(1, 0);
    expect(version.errors).toBe(0);
  }
  expect(incident.versions).toHaveLength(2);
  for (const version of incident.versions) {
    expect(version.errors / version.invocations).toBeCloseTo(0.2, 1);
    expect((percentile(latencyDatum(traffic, incident.at, version), 50) ?? 0) / 120).toBeCloseTo(1, 0);
  }
});

test('a version starts cold for its first minutes only, and its own faults begin when it says', () => {
  const traffic = trafficWith(canary(0.5), {
    'cold-start': { extra: '5s', minutes: 2, share: '50%' },
    versions: { '4': { 'error-rate': '50%', from: '4m' } },
  });
  const four = (index: number) => {
    const minute = minuteOf(traffic, START + (10 + index) * MINUTE);
    const version = minute.versions.find((one) => one.version === '4');
    const cold = version?.latencies
      .filter((group) => group.extra === 5000)
      .reduce((sum, group) => sum + group.count, 0);
    return { coldShare: (cold ?? 0) / (version?.invocations ?? 0), errors: version?.errors ?? -1 };
  };
  expect(four(0).coldShare).toBeCloseTo(0.5, 0);
  expect(four(1).coldShare).toBeGreaterThan(0.3);
  expect(four(2).coldShare).toBe(0);
  expect(four(3).errors).toBe(0);
  expect(four(4).errors).toBeGreaterThan(50);
  const three = minuteOf(traffic, START + 10 * MINUTE).versions.find(({ version }) => version === '3');
  expect(three?.latencies.every((group) => group.extra === 0)).toBe(true);
});

test('bursts and the daily curve shape the rate', () => {
  const burst = trafficWith(stable, {
    'requests-per-minute': { base: 500, bursts: [{ at: '2026-03-03T20:10:30Z', for: '5m', times: 10 }] },
  });
  expect(minuteOf(burst, START + 9 * MINUTE).requests).toBeLessThan(700);
  expect(minuteOf(burst, START + 10 * MINUTE).requests / 2750).toBeCloseTo(1, 0);
  expect(minuteOf(burst, START + 11 * MINUTE).requests / 5000).toBeCloseTo(1, 1);
  const daily = trafficWith(stable, { 'requests-per-minute': { base: 1000, curve: 'daily' } });
  expect(minuteOf(daily, Date.parse('2026-03-03T14:00:00Z')).requests / 1600).toBeCloseTo(1, 1);
  expect(minuteOf(daily, Date.parse('2026-03-03T02:00:00Z')).requests / 400).toBeCloseTo(1, 0);
});
