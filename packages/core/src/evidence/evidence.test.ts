import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { absoluteTest, eventsNeeded, foldEvidence, type MinuteCounts, relativeTest } from './index.ts';

const minute = (canary: [number, number], baseline: [number, number]): MinuteCounts => ({
  canary: { invocations: canary[0], events: canary[1] },
  baseline: { invocations: baseline[0], events: baseline[1] },
});

/** The expectation of f over independent Poisson counts, by summing until the tails are negligible. */
function expectation(meanA: number, meanB: number, f: (a: number, b: number) => number): number {
  const terms = (mean: number) => {
    const probabilities = [Math.exp(-mean)];
    while (probabilities.length < 400)
      probabilities.push(((probabilities.at(-1) ?? 0) * mean) / probabilities.length);
    return probabilities;
  };
  const [a, b] = [terms(meanA), terms(meanB)];
  return a.reduce(
    (sum, pa, i) =>
      sum + pa * b.reduce((inner, pb, j) => inner + (pb > 1e-12 && pa > 1e-12 ? pb * f(i, j) : 0), 0),
    0,
  );
}

describe('under the null the expected evidence of a minute is at most 1', () => {
  const arms = fc.record({
    canary: fc.integer({ min: 1, max: 200 }),
    baseline: fc.integer({ min: 1, max: 200 }),
    rate: fc.double({ min: 0.001, max: 0.15, noNaN: true }),
    slack: fc.double({ min: 0, max: 1, noNaN: true }),
  });

  test('relative, worse: the canary fails at most kappa times as often', () => {
    fc.assert(
      fc.property(arms, fc.constantFrom(1, 2), ({ canary, baseline, rate, slack }, kappa) => {
        const expected = expectation(canary * rate * kappa * slack, baseline * rate, (c, b) =>
          Math.exp(foldEvidence(relativeTest('worse', kappa), [minute([canary, c], [baseline, b])])),
        );
        expect(expected).toBeLessThanOrEqual(1 + 1e-9);
      }),
      { numRuns: 30 },
    );
  });

  test('relative, better: the canary fails at least kappa times as often', () => {
    fc.assert(
      fc.property(arms, ({ canary, baseline, rate, slack }) => {
        const expected = expectation(canary * rate * 2 * (1 + slack), baseline * rate, (c, b) =>
          Math.exp(foldEvidence(relativeTest('better', 2), [minute([canary, c], [baseline, b])])),
        );
        expect(expected).toBeLessThanOrEqual(1 + 1e-9);
      }),
      { numRuns: 30 },
    );
  });

  test('absolute: the rate is at most the objective', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 0.01, noNaN: true }),
        (invocations, rate) => {
          let expected = 0;
          let probability = (1 - rate) ** invocations;
          for (let events = 0; events <= invocations; events++) {
            expected += probability * Math.exp(foldEvidence(absoluteTest(0.01), [{ invocations, events }]));
            probability *= ((invocations - events) / (events + 1)) * (rate / (1 - rate));
          }
          expect(expected).toBeLessThanOrEqual(1 + 1e-9);
        },
      ),
    );
  });
});

test('a minute in which one arm served nothing says nothing', () => {
  const test = relativeTest('worse', 1);
  expect(foldEvidence(test, [minute([0, 0], [100, 7]), minute([10, 3], [0, 0])])).toBe(0);
});

test('one minute multiplies the evidence by ten at most', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 10_000 }),
      fc.integer({ min: 1, max: 10_000 }),
      (canary, baseline) => {
        const evidence = foldEvidence(relativeTest('worse', 1), [minute([canary, canary], [baseline, 0])]);
        expect(evidence).toBeLessThanOrEqual(Math.log(10) + 1e-9);
      },
    ),
  );
});

test('more errors of the canary are more evidence, more of the baseline less', () => {
  const evidence = (canary: number, baseline: number) =>
    foldEvidence(relativeTest('worse', 1), [minute([100, canary], [900, baseline])]);
  expect(evidence(3, 5)).toBeGreaterThan(evidence(2, 5));
  expect(evidence(3, 5)).toBeGreaterThan(evidence(3, 6));
});

test('a canary that fails ten times as often is blamed within minutes; an equal one is not', () => {
  const bad = Array.from({ length: 3 }, () => minute([100, 10], [900, 9]));
  const equal = Array.from({ length: 600 }, () => minute([100, 1], [900, 9]));
  expect(foldEvidence(relativeTest('worse', 1), bad)).toBeGreaterThan(Math.log(100));
  expect(foldEvidence(relativeTest('worse', 1), equal)).toBeLessThan(0);
  expect(foldEvidence(relativeTest('better', 2), equal)).toBeGreaterThan(Math.log(20));
});

test('the events needed fall as the canary gets worse, and as its share nears a half', () => {
  expect(eventsNeeded(100, 10, 0.1)).toBeLessThan(eventsNeeded(100, 3, 0.1));
  expect(eventsNeeded(100, 3, 0.5)).toBeLessThan(eventsNeeded(100, 3, 0.05));
});
