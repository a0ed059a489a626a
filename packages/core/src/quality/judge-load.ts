import { oneLine } from '../foreign-text/index.ts';
import type { Finding } from '../gate/index.ts';
import type { LoadFacts, LoadMetric } from './facts.ts';
import type { QualityLimits } from './limits.ts';
import { keeps, type LoadLimit } from './load-limit.ts';

/** So many thresholds of one report are listed that do not hold. */
const listed = 10;

/**
 * Holds a load test to its own thresholds and to the gate's limits. A threshold holds for k6 when there was nothing to
 * measure, so each metric must have its samples first.
 */
export function judgeLoad(
  path: string,
  facts: LoadFacts,
  { minSamples, loadLimits }: QualityLimits,
): readonly Finding[] {
  const own = [...facts.metrics].flatMap(([metric, { thresholds }]) =>
    thresholds.map(({ expression, holds }) => ({ metric, expression, holds })),
  );
  const asked = loadLimits.map((limit) => ({ ...limit, holds: holdsLimit(limit, facts.metrics) }));
  const each = [...own, ...asked];
  if (each.length === 0) return [nothingToHold(path, facts)];

  const samples = [...new Set(each.map(({ metric }) => metric))].flatMap((name) => {
    const metric = facts.metrics.get(name);
    return metric ? tooFew(path, name, metric, minSamples) : [];
  });
  const broken = each.filter(({ holds }) => holds !== true).map((one) => breach(path, one, facts.metrics));
  const seen = `${each.length - broken.length} of ${each.length} hold`;
  const common = { check: 'thresholds', subject: path, seen, limit: 'all hold' };
  const told = `${path}, ${facts.format}: ${seen.replace('hold', each.length === 1 ? 'threshold holds' : 'thresholds hold')}`;
  const whole: Finding =
    broken.length === 0
      ? { ...common, outcome: 'pass', message: `${told}.` }
      : {
          ...common,
          outcome: 'fail',
          message: `${told}${broken.length > listed ? `; the first ${listed} that do not are listed` : ''}.`,
          remedy: 'Find out what made it slow or fail under load, and build a new version.',
        };
  return [whole, ...samples.slice(0, listed), ...broken.slice(0, listed)];
}

/** Undefined when the report lacks the metric or the aggregate. */
function holdsLimit(limit: LoadLimit, metrics: LoadFacts['metrics']): boolean | undefined {
  const metric = metrics.get(limit.metric);
  return metric ? keeps(limit, metric) : undefined;
}

function nothingToHold(path: string, { format, tellsThresholds }: LoadFacts): Finding {
  return {
    check: 'thresholds',
    outcome: 'fail',
    subject: path,
    seen: 'no threshold',
    limit: 'all hold',
    message: tellsThresholds
      ? `${path}, ${format}: the test sets no threshold, so there is nothing to hold it to.`
      : `${path}, ${format}: this summary leaves out whether the thresholds hold.`,
    remedy: tellsThresholds
      ? 'Set `thresholds` in the options of the test, or give `load-limits`.'
      : 'Give `load-limits`, or write the summary without `--new-machine-readable-summary`.',
  };
}

function tooFew(path: string, name: string, metric: LoadMetric, least: number): readonly Finding[] {
  const { samples, type } = metric;
  const told = oneLine(name);
  const common = { check: 'samples', subject: path, limit: `at least ${least}` };
  if (type === 'gauge') {
    if (Object.values(metric.values).some((value) => value !== 0)) return [];
    return [
      {
        ...common,
        outcome: 'hold',
        seen: 'nothing but zeros',
        message: `${path}: ${told} is a gauge of nothing but zeros, which k6 also writes where there was no sample.`,
        remedy: 'Hold a counter or a rate of it to a threshold instead: those count their samples.',
      },
    ];
  }
  if (samples === undefined) {
    if (least <= 1) return [];
    return [
      {
        ...common,
        outcome: 'hold',
        seen: 'not told',
        message: `${path} does not tell of how many samples ${told} is made, and at least ${least} must be seen.`,
        remedy: 'Add `count` to `summaryTrendStats` in the options of the test.',
      },
    ];
  }
  if (samples >= least) return [];
  return [
    {
      ...common,
      outcome: 'fail',
      seen: String(samples),
      message:
        samples === 0
          ? `${path}: ${told} has no sample, and a threshold on nothing proves nothing.`
          : `${path}: ${told} is made of ${samples} samples, and at least ${least} must be seen.`,
      remedy:
        samples === 0
          ? 'Did the test reach the service? A trend that is nothing but zeros counts as empty unless `summaryTrendStats` has `count`.'
          : 'Have the test run longer, or lower `min-samples`.',
    },
  ];
}

function breach(
  path: string,
  one: {
    readonly metric: string;
    readonly expression: string;
    readonly holds: boolean | undefined;
    readonly aggregate?: string;
  },
  metrics: LoadFacts['metrics'],
): Finding {
  const metric = metrics.get(one.metric);
  const name = oneLine(one.metric);
  const common = {
    check: 'threshold',
    outcome: 'fail' as const,
    subject: `${path}: ${name}`,
    limit: one.expression,
  };
  if (one.holds === undefined) {
    const lacks = metric ? `${one.aggregate} of ${name}` : `the metric ${name}`;
    return {
      ...common,
      seen: 'not told',
      message: `${path} does not tell ${lacks}, so \`${one.expression}\` cannot be looked at.`,
      remedy: metric
        ? 'Add it to `summaryTrendStats` in the options of the test.'
        : 'Check the name in `load-limits`.',
    };
  }
  const values = metric ? valuesOf(metric, one.expression) : '';
  return {
    ...common,
    seen: values || 'crossed',
    message: `${name} is not ${one.expression}${values ? `: it has ${values}` : ''}.`,
  };
}

/** The values that the expression speaks of, or all. */
function valuesOf({ values }: LoadMetric, expression: string): string {
  const entries = Object.entries(values);
  const named = entries.filter(([name]) => expression.startsWith(name));
  return (named.length > 0 ? named : entries)
    .map(([name, value]) => `${oneLine(name)}=${Math.round(value * 1_000) / 1_000}`)
    .join(' ');
}
