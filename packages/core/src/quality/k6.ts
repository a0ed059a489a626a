import * as v from 'valibot';
import { oneLine } from '../foreign-text/index.ts';
import { shaped, Unreadable } from '../reports/index.ts';
import type { LoadFacts, LoadMetric } from './facts.ts';

type Type = LoadMetric['type'];
const type = v.picklist(['counter', 'gauge', 'rate', 'trend']);
const numbers = v.record(v.string(), v.number());

const handleSummarySchema = v.looseObject({
  metrics: v.record(
    v.string(),
    v.looseObject({
      type,
      values: numbers,
      thresholds: v.optional(v.record(v.string(), v.looseObject({ ok: v.boolean() })), {}),
    }),
  ),
});

const exportSchema = v.looseObject({
  root_group: v.looseObject({}),
  metrics: v.record(
    v.string(),
    v.objectWithRest({ thresholds: v.optional(v.record(v.string(), v.boolean())) }, v.number()),
  ),
});

/** Strict: what a later version of the format says more might be that a threshold failed. */
const machineSchema = v.strictObject({
  version: v.pipe(v.string(), v.regex(/^1\./)),
  config: v.looseObject({}),
  metadata: v.looseObject({}),
  results: v.strictObject({
    checks: v.optional(v.looseObject({})),
    metrics: v.array(v.strictObject({ name: v.string(), type, contains: v.string(), values: numbers })),
  }),
});

/** Which of the three shapes of k6's summaries it is; undefined for anything else. */
export function k6Reader(
  value: Readonly<Record<string, unknown>>,
): ((value: unknown) => LoadFacts) | undefined {
  const { results, metrics } = value;
  if (isRecord(results) && 'metrics' in results && 'config' in value && 'metadata' in value)
    return readMachine;
  if (!isRecord(metrics) || !('root_group' in value || 'state' in value)) return undefined;
  const each = Object.values(metrics);
  return each.some((metric) => isRecord(metric) && 'values' in metric) ? readHandleSummary : readExport;
}

/** What `handleSummary(data)` is given, written as it is: `thresholds[x].ok`. */
function readHandleSummary(value: unknown): LoadFacts {
  const { metrics } = shaped(handleSummarySchema, value, "k6's handleSummary data");
  const read = Object.entries(metrics).map(([name, metric]): [string, LoadMetric] => [
    name,
    metricOf(
      metric.type,
      metric.values,
      Object.entries(metric.thresholds).map(([expression, { ok }]) => ({ expression, holds: ok })),
    ),
  ]);
  return facts('k6 (handleSummary)', read, true);
}

/** What `--summary-export` writes: values without their type, and a threshold's `true` means that it was crossed. */
function readExport(value: unknown): LoadFacts {
  const { metrics } = shaped(exportSchema, value, "k6's --summary-export");
  const read = Object.entries(metrics).map(([name, { thresholds = {}, ...values }]): [string, LoadMetric] => {
    const type = typeOf(values as Readonly<Record<string, number>>);
    const { value: rate = 0, ...rest } = values as Readonly<Record<string, number>>;
    const crossed = Object.entries(thresholds as Readonly<Record<string, boolean>>);
    return [
      name,
      metricOf(
        type,
        type === 'rate' ? { ...rest, rate } : (values as Readonly<Record<string, number>>),
        crossed.map(([expression, failed]) => ({ expression, holds: !failed })),
      ),
    ];
  });
  return facts('k6 (--summary-export)', read, true);
}

/** What `--new-machine-readable-summary` makes of either since k6 1.5: no thresholds at all. */
function readMachine(value: unknown): LoadFacts {
  const { results } = shaped(machineSchema, value, "k6's machine-readable summary, version 1");
  const read = results.metrics.map(({ name, type, values }): [string, LoadMetric] => {
    const { matches, total, p90, p95, ...rest } = values;
    const told = {
      ...rest,
      ...(matches === undefined || total === undefined ? {} : { passes: matches, fails: total - matches }),
      ...(p90 === undefined ? {} : { 'p(90)': p90 }),
      ...(p95 === undefined ? {} : { 'p(95)': p95 }),
    };
    return [name, metricOf(type, told, [])];
  });
  return facts('k6 (machine-readable)', read, false);
}

function facts(
  format: LoadFacts['format'],
  metrics: readonly (readonly [string, LoadMetric])[],
  tellsThresholds: boolean,
): LoadFacts {
  if (metrics.length === 0) throw new Unreadable('holds no metric: k6 ran nothing.');
  return { kind: 'load', format, metrics: withSamples(new Map(metrics)), tellsThresholds };
}

function metricOf(
  type: Type,
  values: Readonly<Record<string, number>>,
  thresholds: LoadMetric['thresholds'],
): LoadMetric {
  const samples = samplesOf(type, values);
  return {
    type,
    values,
    thresholds: thresholds.map(({ expression, holds }) => ({ expression: oneLine(expression), holds })),
    ...(samples === undefined ? {} : { samples }),
  };
}

/** k6 writes a trend without samples as zeros, and counts its samples only when `summaryTrendStats` has `count`. */
function samplesOf(type: Type, values: Readonly<Record<string, number>>): number | undefined {
  if (type === 'gauge') return undefined;
  if (type === 'rate') return (values.passes ?? 0) + (values.fails ?? 0);
  if (values.count !== undefined) return values.count;
  return Object.values(values).some((value) => value !== 0) ? undefined : 0;
}

/** The built-in trends are measured once a request or iteration, which k6 counts on their own. */
function withSamples(metrics: Map<string, LoadMetric>): ReadonlyMap<string, LoadMetric> {
  for (const [name, metric] of metrics) {
    const counter = /^http_req_\w+$/.test(name)
      ? 'http_reqs'
      : name === 'iteration_duration'
        ? 'iterations'
        : '';
    const samples = metrics.get(counter)?.samples;
    if (metric.samples === undefined && samples !== undefined) metrics.set(name, { ...metric, samples });
  }
  return metrics;
}

function typeOf(values: Readonly<Record<string, number>>): Type {
  if ('passes' in values && 'fails' in values) return 'rate';
  if ('count' in values && 'rate' in values) return 'counter';
  return 'value' in values ? 'gauge' : 'trend';
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
