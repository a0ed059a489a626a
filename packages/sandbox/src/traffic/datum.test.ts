import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  constantDatum,
  histogramDatum,
  mergeData,
  percentile,
  percentileRank,
  shareDatum,
  valuesDatum,
} from './datum.ts';

/** Milliseconds to a thousandth. */
const milliseconds = fc.integer({ min: 0, max: 1e9 }).map((micros) => micros / 1000);
const values = fc.array(milliseconds, { minLength: 1, maxLength: 40 });

test('merging is what a datum of all observations would be', () => {
  fc.assert(
    fc.property(
      fc.array(values, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 99 }),
      (parts, percent) => {
        const merged = mergeData(parts.map((part) => valuesDatum(Float64Array.from(part))));
        const all = parts.flat().sort((a, b) => a - b);
        expect(merged.count).toBe(all.length);
        expect(merged.sum).toBeCloseTo(
          all.reduce((sum, value) => sum + value, 0),
          3,
        );
        expect([merged.min, merged.max]).toEqual([all[0], all[all.length - 1]]);
        expect(percentile(merged, percent)).toBe(all[Math.ceil((percent / 100) * all.length - 1e-9) - 1]);
      },
    ),
  );
});

test('percentile ranks over neighbouring ranges add up to 100', () => {
  fc.assert(
    fc.property(values, milliseconds, (sample, limit) => {
      const datum = valuesDatum(Float64Array.from(sample));
      const below = percentileRank(datum, Number.NEGATIVE_INFINITY, limit) ?? Number.NaN;
      const above = percentileRank(datum, limit, Number.POSITIVE_INFINITY) ?? Number.NaN;
      expect(below + above).toBeCloseTo(100, 9);
      expect(below).toBeCloseTo((sample.filter((value) => value <= limit).length / sample.length) * 100, 9);
    }),
  );
});

test('bins hold their observations evenly', () => {
  const datum = histogramDatum(Float64Array.of(0, 10, 20, 40), [10, 0, 20]);
  expect(datum).toMatchObject({ count: 30, sum: 650, min: 0, max: 40 });
  expect(percentileRank(datum, 0, 5)).toBeCloseTo((5 / 30) * 100, 9);
  expect(percentileRank(datum, 5, 30)).toBeCloseTo((15 / 30) * 100, 9);
  expect(percentile(datum, 50)).toBeCloseTo(25, 6);
  expect(percentile(datum, 100)).toBe(40);
  const mixed = mergeData([datum, constantDatum(100, 10)]);
  expect(percentile(mixed, 75)).toBeCloseTo(40, 6);
  expect(percentile(mixed, 76)).toBe(100);
});

test('errors are ones among zeros', () => {
  expect(shareDatum(0, 50)).toMatchObject({ count: 50, sum: 0, min: 0, max: 0 });
  expect(shareDatum(5, 50)).toMatchObject({ count: 50, sum: 5, min: 0, max: 1 });
  expect(shareDatum(50, 50)).toMatchObject({ count: 50, sum: 50, min: 1, max: 1 });
});

test('without the values there are no percentiles', () => {
  const set = { count: 3, sum: 6, min: 1, max: 3 };
  expect(percentile(set, 50)).toBeUndefined();
  expect(percentile(mergeData([set, constantDatum(1, 1)]), 50)).toBeUndefined();
  expect(mergeData([set, constantDatum(1, 1)])).toEqual({ count: 4, sum: 7, min: 1, max: 3 });
});
