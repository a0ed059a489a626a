import * as v from 'valibot';
import { formatDuration, parseDuration } from '../clock/index.ts';
import type { Finding } from '../gate/index.ts';
import type { Point, SeriesQuery } from './source.ts';

const statistic =
  /^(Sum|Average|Minimum|Maximum|SampleCount|IQM|(p|tm|wm|tc|ts)\d{1,2}(\.\d+)?|(PR|TM|WM|TC|TS)\(.*:.*\))$/;

const metricEntries = {
  namespace: v.pipe(v.string(), v.nonEmpty()),
  metric: v.pipe(v.string(), v.nonEmpty()),
  dimensions: v.optional(v.record(v.string(), v.string()), {}),
  statistic: v.pipe(
    v.string(),
    v.regex(statistic, 'expected a CloudWatch statistic such as Sum, Average, Maximum, p95 or PR(:500)'),
  ),
};

const period = v.pipe(
  v.string(),
  v.transform((text) => (parseDuration(text) ?? 0) / 1_000),
  v.check((seconds) => seconds > 0 && seconds % 60 === 0, 'expected whole minutes, such as 1m or 5m'),
);

const entry = v.pipe(
  v.strictObject({
    name: v.pipe(v.string(), v.nonEmpty()),
    unit: v.optional(v.string(), ''),
    namespace: v.optional(metricEntries.namespace),
    metric: v.optional(metricEntries.metric),
    dimensions: v.optional(v.record(v.string(), v.string())),
    statistic: v.optional(metricEntries.statistic),
    expression: v.optional(v.pipe(v.string(), v.nonEmpty())),
    series: v.optional(
      v.record(
        v.pipe(v.string(), v.regex(/^[a-z]\w*$/, 'expected a name that begins with a small letter')),
        v.strictObject(metricEntries),
      ),
    ),
    period: v.optional(period),
    take: v.optional(
      v.picklist(
        ['highest', 'lowest', 'sum', 'average', 'latest'],
        'expected highest, lowest, sum, average or latest',
      ),
    ),
    max: v.optional(v.number()),
    min: v.optional(v.number()),
    'no-data': v.optional(v.picklist(['pass', 'hold', 'fail'], 'expected pass, hold or fail'), 'hold'),
  }),
  v.check(
    ({ max, min }) => (max === undefined) !== (min === undefined),
    'expected one limit, `max` or `min`; write the metric twice to have both',
  ),
  v.check(
    (given) => (given.expression === undefined) !== (given.namespace === undefined),
    'expected either a metric (`namespace`, `metric`, `statistic`) or an `expression` with its `series`',
  ),
  v.check(
    (given) => given.namespace === undefined || (given.metric !== undefined && given.statistic !== undefined),
    'expected `metric` and `statistic` beside `namespace`',
  ),
  v.check(
    ({ expression, metric, dimensions, statistic }) =>
      expression === undefined ||
      (metric === undefined && dimensions === undefined && statistic === undefined),
    'an `expression` takes its metrics under `series`, not beside it',
  ),
  v.check(
    ({ expression, series }) => expression !== undefined || series === undefined,
    '`series` belongs to an `expression`; this entry has none',
  ),
  v.check(
    ({ expression }) => expression === undefined || !/\b(SEARCH|METRICS|SELECT)\b/.test(expression),
    'SEARCH, METRICS and SELECT answer with many series; name the metrics under `series`',
  ),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed || dataset.value.expression === undefined) return;
    const known = Object.keys(dataset.value.series ?? {});
    const used = namesIn(dataset.value.expression);
    const unknown = used.filter((name) => !known.includes(name));
    if (unknown.length > 0)
      addIssue({ message: `the expression names ${list(unknown)}, not under \`series\`` });
    else if (used.length === 0) addIssue({ message: 'the expression names no metric of `series`' });
  }),
  v.transform((given): WatchedMetric => {
    const { name, unit, expression, series, namespace = '', metric = '', dimensions = {} } = given;
    const own: MetricSpec = { namespace, metric, dimensions, statistic: given.statistic ?? 'Sum' };
    const summed = expression === undefined && given.statistic === 'Sum';
    return {
      name,
      unit,
      source: expression === undefined ? own : { expression, series: series ?? {} },
      ...(given.period === undefined ? {} : { period: given.period }),
      take: given.take ?? (summed ? 'sum' : given.min === undefined ? 'highest' : 'lowest'),
      limit:
        given.max === undefined ? { at: 'least', value: given.min ?? 0 } : { at: 'most', value: given.max },
      noData: given['no-data'],
    };
  }),
);

/** What is accepted, for the inputs that take it. */
export const watchedMetricsExpected =
  'a list of metrics, each with `name`, `max` or `min`, and either `namespace`, `metric`, `dimensions`, `statistic` or `expression` with `series`';

/** The `metrics` input: any CloudWatch metric or metric math, each with one limit. */
export const watchedMetricsSchema = v.pipe(
  v.array(entry, 'expected a list of metrics'),
  v.nonEmpty('expected at least one metric'),
  v.check(
    (metrics) => new Set(metrics.map((metric) => metric.name)).size === metrics.length,
    'two metrics have the same name',
  ),
);

export interface MetricSpec {
  readonly namespace: string;
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: string;
}

/** A metric of the user's choice that must stay within a limit. */
export interface WatchedMetric {
  /** As messages call it. */
  readonly name: string;
  /** Written behind values: `ms`, `%`, or nothing. */
  readonly unit: string;
  readonly source:
    | MetricSpec
    | { readonly expression: string; readonly series: Readonly<Record<string, MetricSpec>> };
  /** Seconds; absent: whoever asks chooses. */
  readonly period?: number;
  /** How the points become the one number that is held against the limit. */
  readonly take: 'highest' | 'lowest' | 'sum' | 'average' | 'latest';
  readonly limit: { readonly at: 'most' | 'least'; readonly value: number };
  readonly noData: 'pass' | 'hold' | 'fail';
}

/** The queries that a watched metric needs; the one whose id is `id` carries its values. */
export function watchedQueries(watched: WatchedMetric, id: string, defaultPeriod: number): SeriesQuery[] {
  const { source, period = defaultPeriod } = watched;
  const query = (spec: MetricSpec, own: string) => ({
    id: own,
    namespace: spec.namespace,
    name: spec.metric,
    dimensions: spec.dimensions,
    statistic: spec.statistic,
    period,
  });
  if (!('expression' in source)) return [query(source, id)];
  const inputs = Object.entries(source.series).map(([name, spec]) => ({
    ...query(spec, `${id}_${name}`),
    returned: false,
  }));
  const expression = replaceNames(source.expression, (name) => `${id}_${name}`);
  return [...inputs, { id, expression, period }];
}

/** Holds a watched metric's points against its limit. */
export function judgeWatched(watched: WatchedMetric, points: readonly Point[]): Finding {
  const { name, limit, noData } = watched;
  const written = (value: number) => withUnit(value, watched.unit);
  const bound = `at ${limit.at} ${written(limit.value)}`;
  const seen = reduce(
    points.map((point) => point.value),
    watched.take,
  );
  if (seen === undefined) {
    return {
      check: name,
      outcome: noData,
      seen: 'no data',
      limit: bound,
      message: `CloudWatch has no data of ${name}${noData === 'pass' ? ', which `no-data: pass` accepts' : ''}.`,
      ...(noData === 'pass'
        ? {}
        : {
            remedy:
              'Check its namespace, name and dimensions: a wrong one is not an error but has no data. Where having none is right, give the metric `no-data: pass`.',
          }),
    };
  }
  const within = limit.at === 'most' ? seen <= limit.value : seen >= limit.value;
  const span = watched.period ? ` (by ${formatDuration(watched.period * 1_000)})` : '';
  return {
    check: name,
    outcome: within ? 'pass' : 'fail',
    seen: `${watched.take} ${written(seen)}`,
    limit: bound,
    message: `The ${takeWords[watched.take]} of ${name}${span} is ${written(seen)}; it must be ${bound}.`,
    ...(within ? {} : { remedy: 'Find out why before the release goes on, or change its limit.' }),
  };
}

const takeWords = {
  highest: 'highest value',
  lowest: 'lowest value',
  sum: 'sum',
  average: 'average',
  latest: 'latest value',
};

function reduce(values: readonly number[], take: WatchedMetric['take']): number | undefined {
  if (values.length === 0) return undefined;
  const sum = values.reduce((total, value) => total + value, 0);
  if (take === 'sum') return sum;
  if (take === 'average') return sum / values.length;
  if (take === 'latest') return values.at(-1);
  const better = take === 'highest' ? Math.max : Math.min;
  return values.reduce((a, b) => better(a, b));
}

/** Up to three decimals, thousands apart: `12,345.678`. */
export function formatNumber(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 3 });
}

/** A number with its unit, as in `4.8%` and `120 ms`. */
export function withUnit(value: number, unit: string): string {
  return `${formatNumber(value)}${unit === '' || unit.startsWith('%') ? '' : ' '}${unit}`;
}

/** The names of series in metric math: functions are written in capitals, text in quotes. */
function namesIn(expression: string): string[] {
  const names = new Set<string>();
  replaceNames(expression, (name) => {
    names.add(name);
    return name;
  });
  return [...names];
}

function replaceNames(expression: string, replacement: (name: string) => string): string {
  return expression.replace(/'[^']*'|"[^"]*"|\b[a-z]\w*\b/g, (token) =>
    /^['"]/.test(token) ? token : replacement(token),
  );
}

function list(names: readonly string[]): string {
  return names.map((name) => `\`${name}\``).join(', ');
}
