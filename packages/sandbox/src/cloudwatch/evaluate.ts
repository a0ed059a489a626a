import { type Expression, ExpressionError, type Operator } from './expression.ts';

/** Values by the epoch milliseconds of their period's begin. */
export type TimeSeries = ReadonlyMap<number, number>;

/** What an expression has for a value: one number, one time series, or several with their names. */
export type Value =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'series'; readonly series: TimeSeries }
  | {
      readonly kind: 'list';
      readonly members: readonly { readonly label: string; readonly series: TimeSeries }[];
    };

export interface Scope {
  /** The value of another query of the request. Throws ExpressionError where there is none. */
  named(id: string): Value;
  /** The metrics of the request whose ID holds the text, for METRICS(). */
  metrics(containing: string): readonly { readonly label: string; readonly series: TimeSeries }[];
  /** Every period of the request, for FILL. */
  readonly grid: readonly number[];
}

const scalar = (value: number): Value => ({ kind: 'scalar', value });
const seriesValue = (series: TimeSeries): Value => ({ kind: 'series', series });

const OPERATIONS: Readonly<Record<Operator, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '^': (left, right) => left ** right,
  '<': (left, right) => Number(left < right),
  '<=': (left, right) => Number(left <= right),
  '>': (left, right) => Number(left > right),
  '>=': (left, right) => Number(left >= right),
  '==': (left, right) => Number(left === right),
  '!=': (left, right) => Number(left !== right),
  '&&': (left, right) => Number(left !== 0 && right !== 0),
  '||': (left, right) => Number(left !== 0 || right !== 0),
};

/** Keeps the points that are numbers: a division by zero leaves a gap, as on AWS. */
function finite(points: Iterable<readonly [number, number | undefined]>): TimeSeries {
  const series = new Map<number, number>();
  for (const [at, value] of points) if (value !== undefined && Number.isFinite(value)) series.set(at, value);
  return series;
}

function mapSeries(value: Value, change: (series: TimeSeries) => TimeSeries): Value {
  if (value.kind === 'series') return seriesValue(change(value.series));
  if (value.kind === 'scalar') throw new ExpressionError('a time series is expected where a number is');
  return {
    kind: 'list',
    members: value.members.map(({ label, series }) => ({ label, series: change(series) })),
  };
}

/** Two series meet only where both have a point. */
function combine(operator: Operator, left: Value, right: Value): Value {
  const operation = OPERATIONS[operator];
  if (left.kind === 'scalar' && right.kind === 'scalar') return scalar(operation(left.value, right.value));
  if (left.kind === 'scalar')
    return mapSeries(right, (all) =>
      finite([...all].map(([at, value]) => [at, operation(left.value, value)])),
    );
  if (right.kind === 'scalar')
    return mapSeries(left, (all) =>
      finite([...all].map(([at, value]) => [at, operation(value, right.value)])),
    );
  const meet = (one: TimeSeries, other: TimeSeries) =>
    finite(
      [...one].map(([at, value]) => {
        const second = other.get(at);
        return [at, second === undefined ? undefined : operation(value, second)];
      }),
    );
  if (right.kind === 'series') return mapSeries(left, (one) => meet(one, right.series));
  if (left.kind === 'series') return mapSeries(right, (other) => meet(left.series, other));
  throw new ExpressionError(`"${operator}" does not take an array of time series on both sides`);
}

const AGGREGATES: Readonly<Record<string, (values: readonly number[]) => number>> = {
  SUM: (values) => values.reduce((sum, value) => sum + value, 0),
  AVG: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  MIN: (values) => values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY),
  MAX: (values) => values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY),
};

/** Of one series a number; of several a series, each point of those that have one there. */
function aggregate(over: (values: readonly number[]) => number, value: Value): Value {
  if (value.kind === 'scalar') return value;
  if (value.kind === 'series') return scalar(value.series.size === 0 ? 0 : over([...value.series.values()]));
  const points = new Map<number, number[]>();
  for (const { series } of value.members) {
    for (const [at, number] of series) points.set(at, [...(points.get(at) ?? []), number]);
  }
  return seriesValue(finite([...points].map(([at, values]) => [at, over(values)])));
}

const ROUNDINGS: Readonly<Record<string, (value: number) => number>> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
};

function fill(
  series: TimeSeries,
  how: Expression | undefined,
  scope: Scope,
  evaluated: () => Value,
): TimeSeries {
  const present = [...series.keys()].sort((a, b) => a - b);
  const linear = how?.kind === 'name' && how.name === 'LINEAR';
  const repeat = how?.kind === 'name' && how.name === 'REPEAT';
  const constant = linear || repeat ? undefined : evaluated();
  if (constant !== undefined && constant.kind !== 'scalar') {
    throw new ExpressionError('FILL takes a number, REPEAT or LINEAR to fill with');
  }
  return finite(
    scope.grid.map((at) => {
      const own = series.get(at);
      if (own !== undefined || constant !== undefined) return [at, own ?? constant?.value];
      const before = present.findLast((other) => other < at);
      const after = present.find((other) => other > at);
      const left = before === undefined ? undefined : series.get(before);
      const right = after === undefined ? undefined : series.get(after);
      if (repeat || before === undefined || after === undefined) return [at, repeat ? left : undefined];
      return [at, (left ?? 0) + (((right ?? 0) - (left ?? 0)) * (at - before)) / (after - before)];
    }),
  );
}

function choose(condition: Value, yes: Value, no: Value): Value {
  const at = (value: Value, time: number) =>
    value.kind === 'scalar' ? value.value : value.kind === 'series' ? value.series.get(time) : undefined;
  if ([condition, yes, no].some((value) => value.kind === 'list'))
    throw new ExpressionError('IF does not take an array of time series');
  if (condition.kind === 'scalar') return condition.value !== 0 ? yes : no;
  return mapSeries(condition, (series) =>
    finite([...series].map(([time, holds]) => [time, at(holds !== 0 ? yes : no, time)])),
  );
}

function call(name: string, given: readonly Expression[], scope: Scope): Value {
  const argument = (index: number): Value => {
    const expression = given[index];
    if (expression === undefined)
      throw new ExpressionError(`Function '${name}' misses its argument ${index + 1}`);
    return evaluate(expression, scope);
  };
  const aggregated = Object.hasOwn(AGGREGATES, name) ? AGGREGATES[name] : undefined;
  if (aggregated !== undefined) return aggregate(aggregated, argument(0));
  const rounding = Object.hasOwn(ROUNDINGS, name) ? ROUNDINGS[name] : undefined;
  if (rounding !== undefined) {
    const value = argument(0);
    if (value.kind === 'scalar') return scalar(rounding(value.value));
    return mapSeries(value, (series) => finite([...series].map(([at, number]) => [at, rounding(number)])));
  }
  if (name === 'FILL')
    return mapSeries(argument(0), (series) => fill(series, given[1], scope, () => argument(1)));
  if (name === 'IF')
    return choose(argument(0), argument(1), given.length < 3 ? seriesValue(new Map()) : argument(2));
  if (name === 'METRICS') {
    const [text] = given;
    if (text !== undefined && text.kind !== 'text')
      throw new ExpressionError('METRICS takes a text in quotes, or nothing');
    return { kind: 'list', members: scope.metrics(text?.value ?? '') };
  }
  throw new ExpressionError(`Function '${name}' not found`);
}

/** The value of a metric math expression. Throws ExpressionError. */
export function evaluate(expression: Expression, scope: Scope): Value {
  switch (expression.kind) {
    case 'number':
      return scalar(expression.value);
    case 'text':
      throw new ExpressionError(`unexpected text "${expression.value}"`);
    case 'name':
      return scope.named(expression.name);
    case 'binary':
      return combine(
        expression.operator,
        evaluate(expression.left, scope),
        evaluate(expression.right, scope),
      );
    case 'call':
      return call(expression.name, expression.given, scope);
    case 'list': {
      const values = expression.items.map((item) => evaluate(item, scope));
      const spread = (value: number): TimeSeries => new Map(scope.grid.map((at) => [at, value]));
      const members = values.flatMap((value, index) => {
        if (value.kind === 'list') return value.members;
        const series = value.kind === 'scalar' ? spread(value.value) : value.series;
        return [{ label: String(index + 1), series }];
      });
      return { kind: 'list', members };
    }
  }
}
