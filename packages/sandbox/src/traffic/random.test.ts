import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { binomial, logGamma, normal, poisson, type Random, randomOf } from './random.ts';

function moments(draw: (random: Random) => number, draws = 20_000) {
  const random = randomOf('moments', 1);
  const values = Array.from({ length: draws }, () => draw(random));
  const mean = values.reduce((sum, value) => sum + value, 0) / draws;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (draws - 1);
  return { mean, variance, draws };
}

/** Five standard errors of a mean: wrong once in two million honest runs, and the seed is fixed. */
const near = (seen: number, expected: number, variance: number, draws: number) =>
  Math.abs(seen - expected) < 5 * Math.sqrt(variance / draws);

test('a key has its own stream, always the same', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer(), (name, minute) => {
      const one = randomOf(name, minute);
      const again = randomOf(name, minute);
      const other = randomOf(name, minute + 1);
      const drawn = Array.from({ length: 8 }, one);
      expect(Array.from({ length: 8 }, again)).toEqual(drawn);
      expect(Array.from({ length: 8 }, other)).not.toEqual(drawn);
      expect(drawn.every((value) => value >= 0 && value < 1)).toBe(true);
    }),
  );
});

test('neighbouring keys are not correlated', () => {
  const first = (minute: number) => randomOf('f', minute)() - 0.5;
  const n = 20_000;
  let sum = 0;
  for (let minute = 0; minute < n; minute++) sum += first(minute) * first(minute + 1);
  // The product of two independent uniforms about 0 has variance 1/144.
  expect(near(sum / n, 0, 1 / 144, n)).toBe(true);
});

test('logGamma agrees with factorials', () => {
  let logFactorial = 0;
  for (let n = 1; n < 100; n++) {
    expect(logGamma(n)).toBeCloseTo(logFactorial, 8);
    logFactorial += Math.log(n);
  }
});

test.each([0.3, 4, 9.9, 10.1, 60, 600, 25_000])('Poisson with mean %p has that mean and variance', (mean) => {
  const seen = moments((random) => poisson(random, mean));
  expect(near(seen.mean, mean, mean, seen.draws)).toBe(true);
  expect(Math.abs(seen.variance / mean - 1)).toBeLessThan(0.06);
});

test.each([
  [1, 0.5],
  [20, 0.1],
  [100, 0.3],
  [1000, 0.001],
  [1000, 0.9],
  [50_000, 0.05],
])('binomial of %p at %p has its mean and variance', (n, p) => {
  const seen = moments((random) => binomial(random, n, p));
  const variance = n * p * (1 - p);
  expect(near(seen.mean, n * p, variance, seen.draws)).toBe(true);
  expect(Math.abs(seen.variance / variance - 1)).toBeLessThan(0.06);
});

test('draws stay within what is possible', () => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.integer({ min: 0, max: 5000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (seed, n, p) => {
        const random = randomOf(seed);
        const drawn = binomial(random, n, p);
        expect(Number.isInteger(drawn) && drawn >= 0 && drawn <= n).toBe(true);
        expect(poisson(random, n / 7)).toBeGreaterThanOrEqual(0);
      },
    ),
  );
  expect(binomial(randomOf(1), 10, 0)).toBe(0);
  expect(binomial(randomOf(1), 10, 1)).toBe(10);
  expect(poisson(randomOf(1), 0)).toBe(0);
});

test('normal draws are standard', () => {
  const seen = moments(normal);
  expect(near(seen.mean, 0, 1, seen.draws)).toBe(true);
  expect(seen.variance).toBeCloseTo(1, 1);
});
