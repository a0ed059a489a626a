import { expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { safeParse } from 'valibot';
import { judgeWatched, type WatchedMetric, watchedMetricsSchema, watchedQueries } from './watched.ts';

function parse(...entries: unknown[]): readonly WatchedMetric[] {
  const result = safeParse(watchedMetricsSchema, entries);
  if (!result.success) throw new Error(result.issues.map((issue) => issue.message).join('; '));
  return result.output;
}

function only(entry: unknown): WatchedMetric {
  const [metric] = parse(entry);
  if (!metric) throw new Error('nothing was parsed');
  return metric;
}

const concurrency = {
  name: 'concurrency',
  namespace: 'AWS/Lambda',
  metric: 'ConcurrentExecutions',
  dimensions: { FunctionName: 'orders' },
  statistic: 'Maximum',
  max: 800,
};
const dimensions = { Shop: 'a' };
const success = {
  name: 'checkout success',
  expression: '100 * ok / all_orders',
  series: {
    ok: { namespace: 'Shop', metric: 'Ok', dimensions, statistic: 'Sum' },
    all_orders: { namespace: 'Shop', metric: 'All', statistic: 'Sum' },
  },
  min: 99,
  unit: '%',
};

test('a metric needs one query, metric math one for each series and one for itself', () => {
  expect(watchedQueries(only(concurrency), 'w0', 300)).toEqual([
    {
      id: 'w0',
      namespace: 'AWS/Lambda',
      name: 'ConcurrentExecutions',
      dimensions: { FunctionName: 'orders' },
      statistic: 'Maximum',
      period: 300,
    },
  ]);
  const queries = watchedQueries(only({ ...success, period: '1m' }), 'w1', 300);
  expect(queries.map((query) => query.id)).toEqual(['w1_ok', 'w1_all_orders', 'w1']);
  expect(queries.map((query) => query.period)).toEqual([60, 60, 60]);
  expect(queries[2]).toMatchObject({ expression: '100 * w1_ok / w1_all_orders' });
  expect(queries[0]).toMatchObject({ returned: false });
});

test('functions and quoted text of an expression are left as they are', () => {
  const metric = only({ ...success, expression: "IF(ok > 1e3, FILL(all_orders, 0), 0) + LAMBDA('ok')" });
  expect(watchedQueries(metric, 'w', 60).at(-1)).toMatchObject({
    expression: "IF(w_ok > 1e3, FILL(w_all_orders, 0), 0) + LAMBDA('ok')",
  });
});

test.each([
  [{ ...concurrency, max: undefined }, 'one limit'],
  [{ ...concurrency, min: 1 }, 'one limit'],
  [{ ...concurrency, statistic: 'Mean' }, 'statistic such as'],
  [{ ...concurrency, metric: undefined }, '`metric` and `statistic`'],
  [{ ...concurrency, expression: 'a' }, 'either a metric'],
  [{ ...concurrency, series: {} }, 'this entry has none'],
  [{ ...concurrency, period: '90s' }, 'whole minutes'],
  [{ ...concurrency, 'no-data': 'maybe' }, 'pass, hold or fail'],
  [{ ...concurrency, treshold: 1 }, 'treshold'],
  [{ ...success, expression: 'ok / total' }, 'names `total`'],
  [{ ...success, expression: "SEARCH('{AWS/Lambda}', 'Sum')" }, 'many series'],
  [{ ...success, expression: '1 + 1' }, 'names no metric'],
  [{ ...success, metric: 'Ok' }, 'under `series`'],
])('a wrong entry is told: %j', (entry, message) => {
  expect(() => parse(JSON.parse(JSON.stringify(entry)))).toThrow(message);
});

test('two metrics of one name are refused', () => {
  expect(() => parse(concurrency, concurrency)).toThrow('same name');
});

test('no data holds unless the metric says otherwise', () => {
  expect(judgeWatched(only(concurrency), [])).toMatchObject({ outcome: 'hold', seen: 'no data' });
  expect(judgeWatched(only({ ...concurrency, 'no-data': 'pass' }), [])).toMatchObject({ outcome: 'pass' });
  expect(judgeWatched(only({ ...concurrency, 'no-data': 'fail' }), [])).toMatchObject({ outcome: 'fail' });
});

test('what is taken from the points follows from the statistic and the limit', () => {
  const points = [4, 9, 2].map((value, at) => ({ at, value }));
  const seen = (entry: unknown) => judgeWatched(only(entry), points).seen;
  expect(seen(concurrency)).toBe('highest 9');
  expect(seen({ ...concurrency, max: undefined, min: 1 })).toBe('lowest 2');
  expect(seen({ ...concurrency, statistic: 'Sum' })).toBe('sum 15');
  expect(seen({ ...concurrency, take: 'latest', unit: 'ms' })).toBe('latest 2 ms');
  expect(seen({ ...concurrency, take: 'average' })).toBe('average 5');
});

test('within the limit passes, beyond it fails, the limit itself is within', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), (value, limit) => {
      const points = [{ at: 0, value }];
      expect(judgeWatched(only({ ...concurrency, max: limit }), points).outcome).toBe(
        value <= limit ? 'pass' : 'fail',
      );
      expect(judgeWatched(only({ ...concurrency, max: undefined, min: limit }), points).outcome).toBe(
        value >= limit ? 'pass' : 'fail',
      );
    }),
  );
});
