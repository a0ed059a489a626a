import * as v from 'valibot';
import type { Series } from '../traffic/index.ts';
import { seriesKey } from './archive.ts';
import { evaluate, type Scope, type TimeSeries, type Value } from './evaluate.ts';
import { ExpressionError, parseExpression } from './expression.ts';
import { gridOf, MINUTE, periodDatum } from './period.ts';
import { statisticOf } from './statistic.ts';
import { type Output, read, validationError, wireBoolean, wireNumber, wireTime } from './wire.ts';

const MOST_QUERIES = 500;
const MOST_POINTS = 100_800;

const dimensionsSchema = v.optional(v.array(v.object({ Name: v.string(), Value: v.string() })), []);

const querySchema = v.object({
  Id: v.string(),
  MetricStat: v.optional(
    v.object({
      Metric: v.object({ Namespace: v.string(), MetricName: v.string(), Dimensions: dimensionsSchema }),
      Period: wireNumber,
      Stat: v.string(),
      Unit: v.optional(v.string()),
    }),
  ),
  Expression: v.optional(v.string()),
  Label: v.optional(v.string()),
  ReturnData: v.optional(wireBoolean, true),
  Period: v.optional(wireNumber),
});
type Query = v.InferOutput<typeof querySchema>;

const inputSchema = v.object({
  MetricDataQueries: v.array(querySchema),
  StartTime: wireTime,
  EndTime: wireTime,
  ScanBy: v.optional(v.picklist(['TimestampDescending', 'TimestampAscending']), 'TimestampDescending'),
  MaxDatapoints: v.optional(wireNumber, MOST_POINTS),
  NextToken: v.optional(v.string()),
});
type Input = v.InferOutput<typeof inputSchema>;

/** Everything that is wrong with the queries in themselves, in AWS's words. */
function mistakes({
  MetricDataQueries: queries,
  StartTime,
  EndTime,
  MaxDatapoints,
}: Input): readonly string[] {
  if (queries.length > MOST_QUERIES) {
    return [`The collection MetricDataQueries must not have a size greater than ${MOST_QUERIES}.`];
  }
  const told = queries.flatMap((query, index) => {
    const name = `MetricDataQueries.member.${index + 1}`;
    const wrong: string[] = [];
    if (!/^[a-z][a-zA-Z0-9_]*$/.test(query.Id)) {
      wrong.push(
        `The value ${query.Id} for parameter ${name}.Id is not matching the expected pattern ^[a-z][a-zA-Z0-9_]*$.`,
      );
    }
    if (query.MetricStat !== undefined && query.Expression !== undefined) {
      wrong.push(
        `The parameters ${name}.Expression and ${name}.MetricStat are mutually exclusive and you have specified both.`,
      );
    }
    if (query.MetricStat === undefined && query.Expression === undefined) {
      wrong.push(`Either the parameter ${name}.Expression or the parameter ${name}.MetricStat is required.`);
    }
    if (query.MetricStat !== undefined && statisticOf(query.MetricStat.Stat) === undefined) {
      wrong.push(`The value for parameter ${name}.MetricStat.Stat is not a valid statistic.`);
    }
    const period = query.MetricStat?.Period ?? 60;
    if (![1, 5, 10, 20, 30].includes(period) && (period <= 0 || period % 60 !== 0)) {
      wrong.push(
        `The value ${period} for parameter ${name}.MetricStat.Period must be 1, 5, 10, 20, 30, or a multiple of 60.`,
      );
    }
    return wrong;
  });
  if (new Set(queries.map(({ Id }) => Id)).size < queries.length) {
    told.push('The values for parameter id in MetricDataQueries are not unique.');
  }
  if (StartTime >= EndTime) told.push('The parameter StartTime must be less than the parameter EndTime.');
  if (MaxDatapoints < 1 || MaxDatapoints > MOST_POINTS) {
    told.push(`The value ${MaxDatapoints} for parameter MaxDatapoints must be from 1 to ${MOST_POINTS}.`);
  }
  return told;
}

interface Result {
  readonly id: string;
  readonly label: string;
  /** In the order asked for. */
  readonly points: readonly (readonly [at: number, value: number])[];
}

/** The values of one request's queries, each computed once. */
class Computation {
  private readonly input: Input;
  private readonly known: ReadonlyMap<string, Series>;
  private readonly now: number;
  private readonly values = new Map<string, Value>();
  private readonly underway = new Set<string>();

  constructor(input: Input, series: readonly Series[], now: number) {
    this.input = input;
    this.known = new Map(series.map((one) => [seriesKey(one), one]));
    this.now = now;
  }

  value(query: Query): Value {
    const known = this.values.get(query.Id);
    if (known !== undefined) return known;
    if (this.underway.has(query.Id)) throw new ExpressionError(`"${query.Id}" depends on itself`);
    this.underway.add(query.Id);
    const value: Value =
      query.Expression === undefined
        ? { kind: 'series', series: this.metric(query) }
        : evaluate(parseExpression(query.Expression), this.scope());
    this.values.set(query.Id, value);
    return value;
  }

  private metric({ MetricStat: stat }: Query): TimeSeries {
    const points = new Map<number, number>();
    if (stat === undefined || stat.Period < 60) return points;
    const { Namespace: namespace, MetricName: name, Dimensions: pairs } = stat.Metric;
    const dimensions = Object.fromEntries(pairs.map(({ Name, Value }) => [Name, Value]));
    const series = this.known.get(seriesKey({ namespace, name, dimensions }));
    const statistic = statisticOf(stat.Stat);
    if (series === undefined || (stat.Unit !== undefined && stat.Unit !== series.unit)) return points;
    for (const at of gridOf(this.input.StartTime, this.input.EndTime, stat.Period * 1000, this.now)) {
      const datum = periodDatum(series, at, stat.Period * 1000, this.now);
      const value = datum && statistic?.(datum);
      if (value !== undefined) points.set(at, value);
    }
    return points;
  }

  private scope(): Scope {
    const { MetricDataQueries: queries, StartTime, EndTime } = this.input;
    const periods = queries.flatMap((query) => query.MetricStat?.Period ?? query.Period ?? []);
    const period = Math.max(
      MINUTE,
      Math.min(...periods.map((seconds) => seconds * 1000), Number.POSITIVE_INFINITY),
    );
    return {
      grid: gridOf(StartTime, EndTime, Number.isFinite(period) ? period : MINUTE, this.now),
      named: (id) => {
        const query = queries.find((one) => one.Id === id);
        if (query === undefined) throw new ExpressionError(`Undefined variable ${id}`);
        return this.value(query);
      },
      metrics: (containing) =>
        queries.flatMap((query) => {
          if (query.MetricStat === undefined || !query.Id.includes(containing)) return [];
          const value = this.value(query);
          return value.kind === 'series' ? [{ label: labelOf(query), series: value.series }] : [];
        }),
    };
  }
}

function labelOf(query: Query): string {
  return query.Label ?? query.MetricStat?.Metric.MetricName ?? query.Id;
}

function resultsOf(query: Query, computation: Computation, ascending: boolean): readonly Result[] {
  const ordered = (series: TimeSeries) => [...series].sort(([a], [b]) => (ascending ? a - b : b - a));
  try {
    const value = computation.value(query);
    if (value.kind === 'scalar')
      throw new ExpressionError('the expression must return a time series, not a number');
    const members = value.kind === 'list' ? value.members : [{ label: labelOf(query), series: value.series }];
    return members.map(({ label, series }) => ({ id: query.Id, label, points: ordered(series) }));
  } catch (error) {
    if (error instanceof ExpressionError)
      throw validationError(`Error in expression '${query.Id}': ${error.message}`);
    throw error;
  }
}

/** A page of all points, counted over the results; every result says whether more of it follows. */
function page(results: readonly Result[], { NextToken, MaxDatapoints }: Input): Output {
  const offset = NextToken === undefined ? 0 : Number(/^datapoint-(\d+)$/.exec(NextToken)?.[1]);
  if (!Number.isFinite(offset)) throw validationError('The value for parameter NextToken is not valid.');
  let before = 0;
  const shown = results.flatMap(({ id, label, points }) => {
    const within = (position: number) => Math.min(points.length, Math.max(0, position - before));
    const to = within(offset + MaxDatapoints);
    const part = points.slice(within(offset), to);
    before += points.length;
    const partial = to < points.length;
    if (part.length === 0 && (offset > 0 || partial)) return [];
    return [
      {
        Id: id,
        Label: label,
        Timestamps: part.map(([at]) => new Date(at)),
        Values: part.map(([, value]) => value),
        StatusCode: partial ? 'PartialData' : 'Complete',
      },
    ];
  });
  const more = before > offset + MaxDatapoints;
  return {
    MetricDataResults: shown,
    Messages: [],
    NextToken: more ? `datapoint-${offset + MaxDatapoints}` : undefined,
  };
}

/** GetMetricData over the series there are. Throws AWS's ValidationError. */
export function getMetricData(input: unknown, series: readonly Series[], now: number): Output {
  const asked = read(inputSchema, input);
  const wrong = mistakes(asked);
  if (wrong.length > 0) throw validationError(wrong.join('\n'));
  const computation = new Computation(asked, series, now);
  const ascending = asked.ScanBy === 'TimestampAscending';
  const results = asked.MetricDataQueries.filter((query) => query.ReturnData).flatMap((query) =>
    resultsOf(query, computation, ascending),
  );
  return page(results, asked);
}
