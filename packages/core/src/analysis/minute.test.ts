import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { Point } from '../metrics/index.ts';
import { armSeries, assembleMinutes, totalOf } from './minute.ts';

const from = Date.parse('2026-03-03T20:10:00Z');
const minute = 60_000;
const objective = 500;

function series(values: Record<string, readonly (number | undefined)[]>): Map<string, Point[]> {
  return new Map(
    Object.entries(values).map(([id, list]) => [
      id,
      list.flatMap((value, index) => (value === undefined ? [] : [{ at: from + index * minute, value }])),
    ]),
  );
}

function assemble(values: Record<string, readonly (number | undefined)[]>, minutes: number) {
  return assembleMinutes(series(values), from, from + minutes * minute, objective);
}

test('a version’s share of an alias is asked for by FunctionName, Resource and ExecutedVersion', () => {
  const queries = armSeries({ functionName: 'orders', alias: 'live', canary: '8', baseline: '7' }, objective);
  expect(queries).toHaveLength(9);
  expect(queries.find((query) => query.id === 'canary_rank')).toEqual({
    id: 'canary_rank',
    namespace: 'AWS/Lambda',
    name: 'Duration',
    dimensions: { FunctionName: 'orders', Resource: 'orders:live', ExecutedVersion: '8' },
    statistic: 'PR(:500)',
    period: 60,
  });
  const throttles = queries.find((query) => query.id === 'throttles');
  expect(throttles?.dimensions).toEqual({ FunctionName: 'orders', Resource: 'orders:live' });
});

test('a canary with all the traffic has no baseline to ask for', () => {
  expect(armSeries({ functionName: 'orders', alias: 'live', canary: '8' }, objective)).toHaveLength(5);
});

test('Errors missing beside Invocations are none; Invocations missing is no traffic, whatever else is there', () => {
  const minutes = assemble(
    { canary_invocations: [10, undefined, 20], canary_errors: [undefined, 3, 2], canary_p95: [80, 90, 100] },
    3,
  );
  expect(minutes.map((one) => one.canary)).toEqual([
    { invocations: 10, errors: 0, slow: 0, p95: 80 },
    { invocations: 0, errors: 0, slow: 0 },
    { invocations: 20, errors: 2, slow: 0, p95: 100 },
  ]);
});

test('slow is counted from the percentile rank, and from p95 where the rank is not served', () => {
  const ranked = assemble({ canary_invocations: [1_000], canary_rank: [93.7], canary_p95: [600] }, 1);
  expect(ranked[0]?.canary.slow).toBe(63);
  const above = assemble({ canary_invocations: [100, 7], canary_p95: [501, 501] }, 2);
  expect(above.map((one) => one.canary.slow)).toEqual([6, 1]);
  const within = assemble({ canary_invocations: [100], canary_p95: [500] }, 1);
  expect(within[0]?.canary.slow).toBe(0);
});

test('without any Duration the latency is unknown, not good', () => {
  const minutes = assemble({ canary_invocations: [100] }, 1);
  expect(minutes[0]?.canary).toEqual({ invocations: 100, errors: 0 });
  expect(totalOf(minutes, 'canary')).toMatchObject({ invocations: 100, timed: 0 });
});

test('whatever CloudWatch answers: every minute once, in order, counts whole and never above the invocations', () => {
  const cell = fc.option(fc.double({ min: 0, max: 5_000, noNaN: true }), { nil: undefined });
  const rank = fc.option(fc.double({ min: 0, max: 100, noNaN: true }), { nil: undefined });
  const rows = fc.array(fc.tuple(cell, cell, rank, cell, cell), { maxLength: 30 });
  fc.assert(
    fc.property(rows, (list) => {
      const minutes = assemble(
        {
          canary_invocations: list.map((row) => row[0]),
          canary_errors: list.map((row) => row[1]),
          canary_rank: list.map((row) => row[2]),
          canary_p95: list.map((row) => row[3]),
          throttles: list.map((row) => row[4]),
        },
        list.length,
      );
      expect(minutes.map((one) => one.at)).toEqual(list.map((_, index) => from + index * minute));
      for (const { canary, baseline, throttles } of minutes) {
        for (const count of [canary.invocations, canary.errors, canary.slow ?? 0, throttles])
          expect(Number.isInteger(count)).toBe(true);
        expect(canary.errors).toBeLessThanOrEqual(canary.invocations);
        expect(canary.slow ?? 0).toBeLessThanOrEqual(canary.invocations);
        expect(baseline.invocations).toBe(0);
      }
    }),
  );
});
