import { expect, test } from '@jest/globals';
import type { SeriesQuery } from '@promo-actions/core/metrics';
import * as fc from 'fast-check';
import { batches } from './batches.ts';

function metric(id: string): SeriesQuery {
  return { id, namespace: 'AWS/Lambda', name: 'Errors', dimensions: {}, statistic: 'Sum', period: 60 };
}

test('501 independent queries take two calls', () => {
  const queries = Array.from({ length: 501 }, (_, index) => metric(`q${index}`));
  expect(batches(queries).map((call) => call.length)).toEqual([500, 1]);
});

test('an expression stays with all the series it names, directly or through another expression', () => {
  const queries: SeriesQuery[] = [
    metric('a'),
    metric('b'),
    metric('c'),
    { id: 'rate', expression: 'a / b * 100', period: 60 },
    { id: 'worst', expression: 'MAX([rate, c])', period: 60 },
    metric('d'),
  ];
  const [first, second] = batches(queries, 5);
  expect(first?.map((query) => query.id).sort()).toEqual(['a', 'b', 'c', 'rate', 'worst']);
  expect(second?.map((query) => query.id)).toEqual(['d']);
});

test('every query is in exactly one call, no call is too large, no expression is parted from its series', () => {
  const worlds = fc.array(fc.record({ inputs: fc.nat({ max: 4 }), expression: fc.boolean() }), {
    maxLength: 40,
  });
  fc.assert(
    fc.property(worlds, fc.integer({ min: 5, max: 20 }), (groups, limit) => {
      const queries = groups.flatMap(({ inputs, expression }, group): SeriesQuery[] => {
        const ids = Array.from({ length: inputs }, (_, index) => `g${group}_${index}`);
        const sum: SeriesQuery[] = expression
          ? [{ id: `e${group}`, expression: `SUM([${ids.join(',')}])`, period: 60 }]
          : [];
        return [...sum, ...ids.map(metric)];
      });
      const calls = batches(queries, limit);
      expect(
        calls
          .flat()
          .map((query) => query.id)
          .sort(),
      ).toEqual(queries.map((query) => query.id).sort());
      for (const call of calls) {
        expect(call.length).toBeLessThanOrEqual(limit);
        const ids = call.map((query) => query.id);
        for (const query of call) {
          if ('expression' in query)
            for (const name of query.expression.match(/g\d+_\d+/g) ?? []) expect(ids).toContain(name);
        }
      }
    }),
  );
});

test('an expression over more series than a call takes is refused', () => {
  const inputs = Array.from({ length: 6 }, (_, index) => metric(`m${index}`));
  const sum = { id: 'sum', expression: inputs.map((query) => query.id).join(' + '), period: 60 };
  expect(() => batches([...inputs, sum], 6)).toThrow('7 series');
});
