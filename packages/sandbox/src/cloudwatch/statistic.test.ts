import { expect, test } from '@jest/globals';
import { valuesDatum } from '../traffic/index.ts';
import { statisticOf } from './statistic.ts';

const datum = valuesDatum(Float64Array.from({ length: 100 }, (_, index) => index + 1));

test.each([
  ['Sum', 5050],
  ['Average', 50.5],
  ['Minimum', 1],
  ['Maximum', 100],
  ['SampleCount', 100],
  ['p50', 50],
  ['p95', 95],
  ['p99.9', 100],
  ['p100', 100],
  ['PR(:80)', 80],
  ['PR(10:80)', 70],
  ['PR(80:)', 20],
])('%s of 1 to 100 is %p', (name, value) => {
  expect(statisticOf(name)?.(datum)).toBeCloseTo(value, 9);
});

test.each(['sum', 'p', 'p101', 'P95', 'PR', 'PR(:)', 'PR(a:b)', 'toString', ''])(
  '%p is no statistic',
  (name) => {
    expect(statisticOf(name)).toBeUndefined();
  },
);
