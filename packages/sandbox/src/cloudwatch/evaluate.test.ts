import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { evaluate, type Scope, type TimeSeries } from './evaluate.ts';
import { parseExpression } from './expression.ts';

const GRID = [0, 60, 120, 180];

function scopeOf(metrics: Readonly<Record<string, Readonly<Record<number, number>>>>): Scope {
  const series = (points: Readonly<Record<number, number>>): TimeSeries =>
    new Map(Object.entries(points).map(([at, value]) => [Number(at), value]));
  return {
    grid: GRID,
    named: (id) => ({ kind: 'series', series: series(metrics[id] ?? {}) }),
    metrics: (containing) =>
      Object.entries(metrics)
        .filter(([id]) => id.includes(containing))
        .map(([id, points]) => ({ label: id, series: series(points) })),
  };
}

function result(text: string, metrics: Readonly<Record<string, Readonly<Record<number, number>>>> = {}) {
  const value = evaluate(parseExpression(text), scopeOf(metrics));
  if (value.kind === 'scalar') return value.value;
  return value.kind === 'series' ? Object.fromEntries(value.series) : value.members.map(({ label }) => label);
}

test.each([
  ['1 + 2 * 3', 7],
  ['(1 + 2) * 3', 9],
  ['10 - 4 - 3', 3],
  ['24 / 4 / 2', 3],
  ['-2 + 5', 3],
  ['2 * -3', -6],
  ['-(2 + 3)', -5],
  ['2 ^ 3 * 2', 16],
  ['1.5e2 + .5', 150.5],
  ['1 < 2 AND 3 >= 3', 1],
  ['1 > 2 || 2 != 2', 0],
  ['1 + 1 == 2', 1],
  ['IF(2 > 1, 10, 20)', 10],
  ['CEIL(1.2) + FLOOR(1.8) + ABS(-3)', 6],
])('%s is %p', (text, value) => {
  expect(result(text)).toBe(value);
});

test('numbers agree with the language that has the same operators', () => {
  const leaf = fc.integer({ min: 0, max: 99 }).map(String);
  const { tree } = fc.letrec<{ tree: string; node: string }>((tie) => ({
    tree: fc.oneof({ maxDepth: 4 }, leaf, tie('node')),
    node: fc
      .tuple(tie('tree'), fc.constantFrom('+', '-', '*'), tie('tree'), fc.boolean())
      .map(([left, operator, right, bare]) =>
        bare ? `${left} ${operator} ${right}` : `(${left} ${operator} ${right})`,
      ),
  }));
  fc.assert(
    fc.property(tree, (text) => {
      expect(result(text)).toBeCloseTo(Number(new Function(`return ${text}`)()), 6);
    }),
  );
});

test('series meet where both have a point, and a division by zero leaves a gap', () => {
  const metrics = { e: { 0: 1, 60: 2, 120: 3 }, n: { 60: 4, 120: 0, 180: 9 } };
  expect(result('e + n', metrics)).toEqual({ 60: 6, 120: 3 });
  expect(result('100 * e / n', metrics)).toEqual({ 60: 50 });
  expect(result('e > 1', metrics)).toEqual({ 0: 0, 60: 1, 120: 1 });
});

test('FILL fills the gaps of the whole request', () => {
  const metrics = { m: { 60: 2, 180: 6 } };
  expect(result('FILL(m, 0)', metrics)).toEqual({ 0: 0, 60: 2, 120: 0, 180: 6 });
  expect(result('FILL(m, REPEAT)', metrics)).toEqual({ 60: 2, 120: 2, 180: 6 });
  expect(result('FILL(m, LINEAR)', metrics)).toEqual({ 60: 2, 120: 4, 180: 6 });
  expect(result('FILL(nothing, 0)', metrics)).toEqual({ 0: 0, 60: 0, 120: 0, 180: 0 });
});

test('aggregates make one number of one series and one series of several', () => {
  const metrics = { e1: { 0: 1, 60: 2 }, e2: { 60: 5, 120: 7 }, other: { 0: 100 } };
  expect(result('SUM(e2)', metrics)).toBe(12);
  expect(result('SUM(METRICS("e"))', { e1: metrics.e1, e2: metrics.e2 })).toEqual({ 0: 1, 60: 7, 120: 7 });
  expect(result("MAX(METRICS('e1'))", metrics)).toEqual({ 0: 1, 60: 2 });
  expect(result('SUM([e1, e2])', metrics)).toEqual({ 0: 1, 60: 7, 120: 7 });
  expect(result('AVG([e1, 4])', metrics)).toEqual({ 0: 2.5, 60: 3, 120: 4, 180: 4 });
  expect(result('METRICS()', metrics)).toEqual(['e1', 'e2', 'other']);
});

test('IF chooses point by point', () => {
  const metrics = { n: { 0: 0, 60: 5, 120: 8 }, e: { 0: 9, 60: 1 } };
  expect(result('IF(n > 4, e, 0)', metrics)).toEqual({ 0: 0, 60: 1 });
  expect(result('IF(n > 4, 1)', metrics)).toEqual({ 60: 1, 120: 1 });
});

test.each([
  ['1 +', 'unexpected end'],
  ['(1 + 2', 'expected ")" at the end'],
  ['1 2', 'unexpected "2"'],
  ['m1 # m2', 'unexpected character at position 3'],
  ['SEARCH(1)', "Function 'SEARCH' not found"],
  ['toString(1)', "Function 'toString' not found"],
  ['FILL(m1)', "Function 'FILL' misses its argument 2"],
  ['FILL(m1, m2)', 'FILL takes a number'],
  ['METRICS(m1)', 'METRICS takes a text'],
  ['"text"', 'unexpected text'],
  ['METRICS() + METRICS()', 'on both sides'],
  [')', 'unexpected ")"'],
])('%s is refused', (text, message) => {
  expect(() => result(text, { m1: { 0: 1 }, m2: { 0: 1 } })).toThrow(message);
});
