import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { blameTest, type Counts, type MinuteCounts, sequentialTest } from './index.ts';

const counts = (invocations: number, events: number): Counts => ({ invocations, events });
const minute = (canary: Counts, baseline: Counts): MinuteCounts => ({ canary, baseline });
const test10 = blameTest(0.01, 10);
const after = (...minutes: readonly MinuteCounts[]) =>
  test10.logs(minutes.reduce((blame, one) => test10.next(blame, one), test10.start));

describe('the objective', () => {
  const broken = minute(counts(1, 1), counts(1, 0));

  test('blames a canary that breaks it while there is nothing to compare with', () => {
    const [, absolute] = after(broken, broken, broken);
    expect(absolute).toBeGreaterThan(Math.log(400));
  });

  test('is silent for good with the minute in which the stable version has served ten requests', () => {
    const [, before] = after(broken, broken);
    const compared = minute(counts(50, 50), counts(8, 0));
    expect(after(broken, broken, compared)[1]).toBe(before);
    expect(after(broken, broken, compared, broken, broken)[1]).toBe(before);
  });

  test('is silent for good with the first error of the stable version', () => {
    const shared = minute(counts(3, 3), counts(1, 1));
    expect(after(shared, broken, broken)[1]).toBe(0);
  });

  test('speaks again where all requests are sent to the canary, unless the stable version was above it too', () => {
    const compared = minute(counts(100, 1), counts(900, 9));
    const all = { ...minute(counts(1_000, 50), counts(0, 0)), alone: true };
    expect(after(compared, all)[1]).toBeGreaterThan(Math.log(400));
    expect(after(compared, { ...all, alone: false })[1]).toBe(0);
    const above = minute(counts(100, 1), counts(900, 10));
    expect(after(above, all)[1]).toBe(0);
  });
});

test('a blame of both kinds is the mean of its four evidences, and each kind is told', () => {
  const { start, next, evidence } = sequentialTest({ errors: 0.01, slow: 0.05 });
  const bad = {
    errors: minute(counts(100, 8), counts(900, 9)),
    slow: minute(counts(100, 5), counts(900, 45)),
  };
  const { total, errors, slow } = evidence(next(start, bad));
  expect(errors).toBeGreaterThan(slow);
  expect(Math.exp(total)).toBeCloseTo((Math.exp(errors) + Math.exp(slow)) / 2);
  expect(evidence(start)).toEqual({ total: 0, errors: 0, slow: 0 });
});

test('under the null its expectation over all that the canary may do is at most 1, whatever the stable version did', () => {
  const arms = fc.record({
    canary: fc.integer({ min: 1, max: 25 }),
    baseline: fc.integer({ min: 0, max: 9 }),
    rate: fc.double({ min: 0.0001, max: 0.01, noNaN: true }),
  });
  fc.assert(
    fc.property(arms, ({ canary, baseline, rate }) => {
      let expected = 0;
      for (let c = 0; c <= canary; c++) {
        for (let b = 0; b <= baseline; b++) {
          const [relative, absolute] = after(minute(counts(canary, c), counts(baseline, b)));
          const chance = binomial(canary, c, rate) * binomial(baseline, b, rate);
          expected += (chance * (Math.exp(relative) + Math.exp(absolute))) / 2;
        }
      }
      expect(expected).toBeLessThanOrEqual(1 + 1e-9);
    }),
  );
});

function binomial(n: number, k: number, p: number): number {
  let chance = (1 - p) ** (n - k) * p ** k;
  for (let i = 1; i <= k; i++) chance *= (n - k + i) / i;
  return chance;
}
