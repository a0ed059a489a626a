import * as v from 'valibot';
import { WireError } from '../kernel/index.ts';
import { constantDatum, type Datum, type Series } from '../traffic/index.ts';
import { type Archive, seriesKey } from './archive.ts';
import { gridOf, periodDatum } from './period.ts';
import { statisticOf } from './statistic.ts';
import { type Output, read, wireNumber, wireTime } from './wire.ts';

const MOST_DATAPOINTS = 1440;
const METRICS_PAGE = 500;

const dimension = v.object({ Name: v.string(), Value: v.string() });

const statisticsSchema = v.object({
  Namespace: v.string(),
  MetricName: v.string(),
  Dimensions: v.optional(v.array(dimension), []),
  StartTime: wireTime,
  EndTime: wireTime,
  Period: wireNumber,
  Statistics: v.optional(v.array(v.picklist(['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'])), []),
  ExtendedStatistics: v.optional(v.array(v.string()), []),
  Unit: v.optional(v.string()),
});

const listSchema = v.object({
  Namespace: v.optional(v.string()),
  MetricName: v.optional(v.string()),
  Dimensions: v.optional(v.array(v.object({ Name: v.string(), Value: v.optional(v.string()) })), []),
  NextToken: v.optional(v.string()),
});

const putSchema = v.object({
  Namespace: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
  MetricData: v.optional(
    v.array(
      v.object({
        MetricName: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
        Dimensions: v.optional(v.pipe(v.array(dimension), v.maxLength(30)), []),
        Timestamp: v.optional(wireTime),
        Value: v.optional(wireNumber),
        Values: v.optional(v.array(wireNumber)),
        Counts: v.optional(v.array(wireNumber)),
        StatisticValues: v.optional(
          v.object({ SampleCount: wireNumber, Sum: wireNumber, Minimum: wireNumber, Maximum: wireNumber }),
        ),
        Unit: v.optional(v.string(), 'None'),
      }),
    ),
    [],
  ),
});
type Put = v.InferOutput<typeof putSchema>['MetricData'][number];

const invalid = (message: string) => new WireError(400, 'InvalidParameterValue', message);
const contradictory = (message: string) => new WireError(400, 'InvalidParameterCombination', message);

/** GetMetricStatistics: unordered on AWS; here oldest first. */
export function getMetricStatistics(input: unknown, all: readonly Series[], now: number): Output {
  const asked = read(statisticsSchema, input);
  const names = [...asked.Statistics, ...asked.ExtendedStatistics];
  if (names.length === 0) {
    throw new WireError(
      400,
      'MissingParameter',
      'At least one of the parameters Statistics and ExtendedStatistics must be specified.',
    );
  }
  const unknown = asked.ExtendedStatistics.find((name) => statisticOf(name) === undefined);
  if (unknown !== undefined)
    throw invalid(`The value ${unknown} for parameter ExtendedStatistics is not supported.`);
  if (asked.Period <= 0 || asked.Period % 60 !== 0) {
    throw invalid(
      'The parameter Period must be a value in the set [ 1, 5, 10, 20, 30 ], or any multiple of 60.',
    );
  }
  if (asked.StartTime >= asked.EndTime) {
    throw contradictory('The parameter StartTime must be less than the parameter EndTime.');
  }
  const period = asked.Period * 1000;
  const requested = Math.ceil((asked.EndTime - asked.StartTime) / period);
  if (requested > MOST_DATAPOINTS) {
    throw contradictory(
      `You have requested up to ${requested} datapoints, which exceeds the limit of ${MOST_DATAPOINTS}. You may reduce the datapoints requested by increasing Period, or decreasing the time range.`,
    );
  }
  const dimensions = Object.fromEntries(asked.Dimensions.map(({ Name, Value }) => [Name, Value]));
  const key = seriesKey({ namespace: asked.Namespace, name: asked.MetricName, dimensions });
  const series = all.find((one) => seriesKey(one) === key && (asked.Unit ?? one.unit) === one.unit);
  const points = gridOf(asked.StartTime, asked.EndTime, period, now).flatMap((at) => {
    const datum = series && periodDatum(series, at, period, now);
    return datum === undefined || series === undefined ? [] : [point(at, datum, asked, series.unit)];
  });
  return { Label: asked.MetricName, Datapoints: points };
}

function point(
  at: number,
  datum: Datum,
  asked: v.InferOutput<typeof statisticsSchema>,
  unit: string,
): Output {
  const plain = Object.fromEntries(asked.Statistics.map((name) => [name, statisticOf(name)?.(datum)]));
  const extended = Object.fromEntries(
    asked.ExtendedStatistics.map((name) => [name, statisticOf(name)?.(datum)]),
  );
  const ExtendedStatistics = asked.ExtendedStatistics.length === 0 ? undefined : extended;
  return { Timestamp: new Date(at), ...plain, Unit: unit, ExtendedStatistics };
}

/** ListMetrics: dimensions filter by presence, or by value where one is given; 500 a page. */
export function listMetrics(input: unknown, all: readonly Series[]): Output {
  const asked = read(listSchema, input);
  const offset = asked.NextToken === undefined ? 0 : Number(/^metric-(\d+)$/.exec(asked.NextToken)?.[1]);
  if (!Number.isFinite(offset)) throw invalid('The value for parameter NextToken is not valid.');
  const found = all.filter(
    (series) =>
      (asked.Namespace ?? series.namespace) === series.namespace &&
      (asked.MetricName ?? series.name) === series.name &&
      asked.Dimensions.every(({ Name, Value }) => {
        const own = series.dimensions[Name];
        return own !== undefined && (Value ?? own) === own;
      }),
  );
  const end = offset + METRICS_PAGE;
  return {
    Metrics: found.slice(offset, end).map(({ namespace, name, dimensions }) => ({
      Namespace: namespace,
      MetricName: name,
      Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    })),
    NextToken: found.length > end ? `metric-${end}` : undefined,
  };
}

/** PutMetricData: single values, value arrays with counts, or statistic sets (which then know no percentiles). */
export function putMetricData(
  input: unknown,
  archive: Archive,
  account: string,
  region: string,
  now: number,
): Output {
  const { Namespace: namespace, MetricData: metrics } = read(putSchema, input);
  if (namespace.startsWith('AWS/')) {
    throw invalid(
      `The value AWS/ for parameter Namespace is invalid: custom namespaces must not begin with AWS/.`,
    );
  }
  const data = metrics.map((metric, index) => ({
    metric,
    data: dataOf(metric, `MetricData.member.${index + 1}`),
  }));
  for (const { metric, data: list } of data) {
    const dimensions = Object.fromEntries(metric.Dimensions.map(({ Name, Value }) => [Name, Value]));
    const series = { namespace, name: metric.MetricName, dimensions, unit: metric.Unit };
    for (const datum of list) archive.put(account, region, series, metric.Timestamp ?? now, datum);
  }
  return {};
}

function dataOf({ Value, Values, Counts, StatisticValues: set }: Put, name: string): readonly Datum[] {
  const given = [Value, Values, set].filter((one) => one !== undefined);
  if (given.length !== 1) {
    throw contradictory(
      `Exactly one of the parameters ${name}.Value, ${name}.Values and ${name}.StatisticValues must be specified.`,
    );
  }
  if (set !== undefined)
    return [{ count: set.SampleCount, sum: set.Sum, min: set.Minimum, max: set.Maximum }];
  const values = Values ?? (Value === undefined ? [] : [Value]);
  if (Counts !== undefined && Counts.length !== values.length) {
    throw invalid(`The parameters ${name}.Values and ${name}.Counts must have the same length.`);
  }
  return values.map((value, index) => constantDatum(value, Counts?.[index] ?? 1));
}
