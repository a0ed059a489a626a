/** One series asked of CloudWatch: a metric with its statistic, or an expression over other series. */
export type SeriesQuery = MetricQuery | ExpressionQuery;

export interface MetricQuery {
  /** Begins with a small letter; letters, digits and underscores. Unique among the queries of one call. */
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  /** `Sum`, `Average`, `p95`, `PR(:500)` … */
  readonly statistic: string;
  /** Seconds; a multiple of 60. */
  readonly period: number;
  /** False for series that only feed an expression. */
  readonly returned?: boolean;
}

/** Metric math over the other queries of the same call, which it names by their ids. */
export interface ExpressionQuery {
  readonly id: string;
  readonly expression: string;
  /** Seconds; a multiple of 60. */
  readonly period: number;
}

/** One point of a series: the start of its period in epoch milliseconds, and its value. */
export interface Point {
  readonly at: number;
  readonly value: number;
}

export interface MetricSource {
  /**
   * Every series between the instants (start inclusive, end exclusive), oldest point first; a series without data is an
   * empty list. Periods are counted from the start, not from the clock's hours.
   */
  series(
    queries: readonly SeriesQuery[],
    from: number,
    to: number,
  ): Promise<ReadonlyMap<string, readonly Point[]>>;
}

export interface Alarm {
  readonly name: string;
  readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  readonly reason: string;
  /** Epoch milliseconds of the last change of state. */
  readonly changedAt: number;
}

export interface AlarmSource {
  /** Alarms, metric and composite, whose names begin with the prefix. */
  byPrefix(prefix: string): Promise<readonly Alarm[]>;
  /** The named alarms; a name that does not exist is left out of the answer. */
  byName(names: readonly string[]): Promise<readonly Alarm[]>;
}
