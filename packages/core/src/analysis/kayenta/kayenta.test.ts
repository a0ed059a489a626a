import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Arm, Minute } from '../minute.ts';
import {
  type Classified,
  classify,
  kayentaJudge,
  type MetricRule,
  normalQuantile,
  scoreOf,
  shiftBetween,
} from './index.ts';

const either: MetricRule = { name: 'm', group: 'g', direction: 'either' };
const label = (canary: readonly number[], baseline: readonly number[], rule: Partial<MetricRule> = {}) =>
  classify({ ...either, ...rule }, { canary, baseline }).label;
const repeated = (value: number, times: number) => Array.from({ length: times }, () => value);

describe('the published behaviour of a metric', () => {
  test.each([
    ['a few errors against none pass', [0, 1, 2, 1, 0, 0], repeated(0, 6), 'pass'],
    ['7 of 10 points at 100 against 1 pass', [...repeated(100, 7), 1, 1, 1], repeated(1, 10), 'pass'],
    ['all points at 100 against 1 are high', repeated(100, 10), repeated(1, 10), 'high'],
    ['clearly higher values are high', [20, 22, 21, 25, 30], [1, 2.2, 1.1, 2.5, 3], 'high'],
    ['clearly lower values are low', [2, 2, 2, 2, 3], [10, 20.2, 10.1, 20.5, 30], 'low'],
    ['the same values in another order pass', [1, 2, 3, 4, 5], [5, 4, 3, 2, 1], 'pass'],
    ['one single value everywhere passes', [1, 1, 1], [1, 1], 'pass'],
    ['one outlier among ties passes', [1, 1, 1, 1, 10], repeated(1, 5), 'pass'],
    ['one zero among ties passes', [0, 1, 1, 1, 1], repeated(1, 5), 'pass'],
    ['ties apart are high', repeated(10, 5), repeated(1, 5), 'high'],
    ['ties against zeros are high', repeated(10, 5), repeated(0, 5), 'high'],
    ['zeros against ties are low', repeated(0, 5), [54.9, 54.5, 55.1, 55.6, 57.4], 'low'],
    ['no values are no data', [], [1, 2, 3], 'no data'],
  ] as const)('%s', (_, canary, baseline, expected) => {
    expect(label(canary, baseline)).toBe(expected);
  });

  test('only the direction that is asked for fails', () => {
    expect(label([20, 22, 21, 25, 30], [1, 2.2, 1.1, 2.5, 3], { direction: 'decrease' })).toBe('pass');
    expect(label([2, 2, 2, 2, 3], [10, 20.2, 10.1, 20.5, 30], { direction: 'increase' })).toBe('pass');
  });

  test('the ratio of the means may be asked to exceed a limit; without one it is ignored', () => {
    const [canary, baseline] = [
      [20, 22, 21, 25, 30],
      [1, 2.2, 1.1, 2.5, 3],
    ];
    expect(label(canary, baseline, { allowedIncrease: 5 })).toBe('high');
    expect(label(canary, baseline, { allowedIncrease: 13 })).toBe('pass');
    expect(label(canary, repeated(0, 5), { allowedIncrease: 13 })).toBe('high');
    expect(classify(either, { canary, baseline: repeated(0, 5) }).ratio).toBeUndefined();
  });

  test('minutes without a value are left out, or are zeros where that is asked for', () => {
    const gaps = [Number.NaN, Number.NaN, Number.NaN];
    expect(label(gaps, [1, 2, 3])).toBe('no data');
    expect(label(gaps, [1, 2, 3], { required: true })).toBe('no data, required');
    expect(label(gaps, [1, 2, 3], { required: true, critical: true })).toBe('no data');
    expect(label([...gaps, 5, 6, 5, 6, 5, 6], [5, 6, 5, 6, 5, 6])).toBe('pass');
    expect(label(repeated(Number.NaN, 6), [5, 6, 5, 6, 5, 6], { missing: 'replace' })).toBe('low');
    expect(label([], [5], { missing: 'replace' })).toBe('pass');
  });
});

describe('the published behaviour of a score', () => {
  const metric = (group: string, seen: Classified['label'], rule: Partial<MetricRule> = {}): Classified => ({
    rule: { ...either, group, ...rule },
    label: seen,
  });

  test('groups are weighted; those without a weight share the rest', () => {
    const metrics = [metric('a', 'pass'), metric('a', 'high'), metric('b', 'pass'), metric('c', 'pass')];
    expect(scoreOf(metrics, { a: 50 })).toEqual({ score: 75, classification: 'marginal' });
    expect(scoreOf(metrics, { a: 10 })).toEqual({ score: 95, classification: 'pass' });
    expect(scoreOf(metrics)).toEqual({ score: 83.33, classification: 'marginal' });
    expect(scoreOf([metric('a', 'low'), metric('b', 'pass')])).toEqual({ score: 50, classification: 'fail' });
  });

  test('data missing for half of the metrics fails; for fewer it is left out', () => {
    expect(scoreOf([metric('a', 'no data'), metric('b', 'pass')])).toMatchObject({
      score: 0,
      cause: 'no data',
    });
    const third = [metric('a', 'no data'), metric('b', 'pass'), metric('b', 'pass')];
    expect(scoreOf(third)).toEqual({ score: 100, classification: 'pass' });
    expect(scoreOf([metric('a', 'no data, required'), metric('b', 'pass')]).score).toBe(50);
    expect(scoreOf([])).toMatchObject({ classification: 'fail' });
  });

  test('a critical metric that does not pass fails the canary', () => {
    const many = repeated(0, 30).map(() => metric('a', 'pass'));
    expect(scoreOf([...many, metric('a', 'high')]).classification).toBe('pass');
    expect(scoreOf([...many, metric('a', 'high', { critical: true })])).toMatchObject({
      score: 0,
      cause: 'critical',
    });
    expect(scoreOf([...many, metric('a', 'no data', { critical: true })])).toMatchObject({ score: 0 });
  });
});

describe('the shift', () => {
  const sample = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 12 });

  test('of samples a constant apart is that constant, within its bounds', () => {
    fc.assert(
      fc.property(sample, fc.integer({ min: -50, max: 50 }), (values, constant) => {
        const shift = shiftBetween(
          values,
          values.map((value) => value + constant),
          0.98,
        );
        expect(shift.estimate).toBe(constant);
        expect(shift.lower).toBeLessThanOrEqual(constant);
        expect(shift.upper).toBeGreaterThanOrEqual(constant);
      }),
    );
  });

  test('is the negative of the shift the other way round, and its bounds widen with confidence', () => {
    fc.assert(
      fc.property(sample, sample, (one, other) => {
        const there = shiftBetween(one, other, 0.95);
        const back = shiftBetween(other, one, 0.95);
        expect(back.estimate).toBeCloseTo(-there.estimate);
        expect(back.lower).toBeCloseTo(-there.upper);
        const wider = shiftBetween(one, other, 0.99);
        expect(wider.lower).toBeLessThanOrEqual(there.lower);
        expect(wider.upper).toBeGreaterThanOrEqual(there.upper);
      }),
    );
  });

  test('has the bounds that R and Kayenta give', () => {
    expect(shiftBetween([1, 2, 3, 4], [10, 20, 30, 40], 0.95)).toEqual({
      estimate: 22.5,
      lower: 6,
      upper: 39,
    });
  });

  test('has bounds between which, and only there, the rank test does not reject', () => {
    const larger = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 5, maxLength: 12 });
    fc.assert(
      fc.property(larger, larger, (baseline, canary) => {
        fc.pre(new Set(baseline).size > 1 || new Set(canary).size > 1);
        const { lower, upper } = shiftBetween(baseline, canary, 0.95);
        const z = (shift: number) =>
          rankStatistic(
            baseline,
            canary.map((value) => value - shift),
          );
        const bound = normalQuantile(0.975);
        const widest = Math.max(...canary) - Math.min(...baseline);
        const narrowest = Math.min(...canary) - Math.max(...baseline);
        expect(z(lower + 0.25)).toBeLessThanOrEqual(bound);
        expect(z(upper - 0.25)).toBeGreaterThanOrEqual(-bound);
        if (lower > narrowest) expect(z(lower - 0.25)).toBeGreaterThan(bound);
        if (upper < widest) expect(z(upper + 0.25)).toBeLessThan(-bound);
      }),
    );
  });

  test('normal quantiles are those of the tables', () => {
    expect(normalQuantile(0.5)).toBeCloseTo(0, 9);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 6);
    expect(normalQuantile(0.99)).toBeCloseTo(2.326348, 6);
    expect(normalQuantile(0.001)).toBeCloseTo(-3.090232, 6);
  });
});

describe('the judge', () => {
  const judge = kayentaJudge({ window: 5, minInvocations: 100 });
  const minutes = (canary: Partial<Arm>, baseline: Partial<Arm> = {}): Minute[] =>
    [1, 2, 3, 4, 5].map((index) => ({
      at: index * 60_000,
      canary: { invocations: 100 + index, errors: index % 2, slow: 5, p95: 100 + index, ...canary },
      baseline: { invocations: 900 + index, errors: 5 + index, slow: 45, p95: 101 + index, ...baseline },
      throttles: 0,
    }));

  test('promotes an equal canary and rolls back one with more errors, or slower, when the window ends', () => {
    expect(judge(minutes({})).verdict).toBe('promote');
    expect(judge(minutes({ errors: 20 }).slice(0, 4)).verdict).toBe('continue');
    const bad = judge(minutes({ errors: 20 }));
    expect(bad).toMatchObject({ verdict: 'rollback', evidence: [{ value: 50, outcome: 'breached' }] });
    expect(bad.reasons[0]).toMatch(
      /^The canary's error rate is higher than the stable version's \(2\d times/,
    );
    expect(judge(minutes({ p95: 400 })).reasons.join()).toContain("canary's latency is higher");
  });

  test('takes the share of slow requests where some minute has no p95', () => {
    const unknown = minutes({ slow: 60 }).map(({ canary: { p95: _, ...canary }, ...rest }) => ({
      ...rest,
      canary,
    }));
    expect(judge(unknown).verdict).toBe('rollback');
  });

  test('holds what nobody saw', () => {
    expect(judge(minutes({ invocations: 2, errors: 0 })).verdict).toBe('hold');
    expect(judge(minutes({ invocations: 0, errors: 0, slow: 0 })).missing?.what).toContain(
      '0 of 100 invocations',
    );
    const unknown = minutes({}).map((one) => ({ ...one, canary: { invocations: 100, errors: 0 } }));
    expect(judge(unknown)).toMatchObject({
      verdict: 'hold',
      missing: { what: 'no data of latency of both versions' },
    });
    const alone = minutes({}, { invocations: 0, errors: 0, slow: 0 });
    expect(judge(alone).verdict).toBe('hold');
  });
});

/** The normal deviate of the Mann–Whitney statistic, by counting pairs. */
function rankStatistic(baseline: readonly number[], canary: readonly number[]): number {
  const [m, n] = [baseline.length, canary.length];
  const wins = canary.flatMap((y) => baseline.map((x) => (y > x ? 1 : y === x ? 0.5 : 0)));
  const excess = wins.reduce<number>((total, win) => total + win, 0) - (m * n) / 2;
  const all = [...baseline, ...canary];
  const ties = all.reduce(
    (total, value) => total + all.filter((other) => other === value).length ** 2 - 1,
    0,
  );
  const deviation = Math.sqrt(((m * n) / 12) * (m + n + 1 - ties / ((m + n) * (m + n - 1))));
  return (excess - Math.sign(excess) / 2) / deviation;
}
