import { type Exchange, type Service, WireError } from '../kernel/index.ts';
import type { AccountBook, MetricSource, Series } from '../traffic/index.ts';
import { createAlarms } from './alarms.ts';
import { createArchive, flatMetrics, seriesKey } from './archive.ts';
import { createDashboards } from './dashboards.ts';
import type { AlarmDefinition, MetricDefinition } from './definition.ts';
import { getMetricData } from './metric-data.ts';
import { getMetricStatistics, listMetrics, putMetricData } from './metrics.ts';
import { answerOf, failureOf, inputOf, type Output, operationOf } from './wire.ts';

export interface CloudWatchDependencies {
  readonly accounts: AccountBook;
  readonly alarms: readonly AlarmDefinition[];
  readonly metrics: readonly MetricDefinition[];
  /** Where metrics come from beside what the world states and clients put: the traffic. */
  readonly sources: readonly MetricSource[];
}

type Operation = (input: unknown, exchange: Exchange) => Output;

/**
 * CloudWatch in its three protocols. Periods count from a request's start; all metrics have one-minute resolution; a
 * period that has begun to settle shows what is there.
 */
export function createCloudWatchService(dependencies: CloudWatchDependencies): Service {
  const { accounts } = dependencies;
  const archive = createArchive();
  const alarms = createAlarms(dependencies.alarms, accounts);
  const dashboards = createDashboards();
  const sources = [...dependencies.sources, flatMetrics(dependencies.metrics, accounts), archive];

  /** The first source that knows a series has the say. */
  function seriesFor({ account, region }: Exchange): readonly Series[] {
    const found = new Map<string, Series>();
    for (const series of sources.flatMap((source) => source.series(account, region))) {
      if (!found.has(seriesKey(series))) found.set(seriesKey(series), series);
    }
    return [...found.values()];
  }

  const operations: Readonly<Record<string, Operation>> = {
    GetMetricData: (input, exchange) => getMetricData(input, seriesFor(exchange), exchange.now),
    GetMetricStatistics: (input, exchange) => getMetricStatistics(input, seriesFor(exchange), exchange.now),
    ListMetrics: (input, exchange) => listMetrics(input, seriesFor(exchange)),
    PutMetricData: (input, { account, region, now }) => putMetricData(input, archive, account, region, now),
    DescribeAlarms: (input, exchange) => alarms.describe(input, exchange, exchange.now),
    SetAlarmState: (input, exchange) => alarms.setState(input, exchange, exchange.now),
    PutDashboard: (input, exchange) => dashboards.put(input, exchange),
    GetDashboard: (input, exchange) => dashboards.get(input, exchange),
  };

  return {
    name: 'monitoring',
    operation: operationOf,
    handle(name, exchange) {
      const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
      if (operation === undefined) {
        throw new WireError(
          501,
          'NotImplemented',
          `The sandbox's CloudWatch does not have the operation ${name}.`,
        );
      }
      return answerOf(name, exchange, operation(inputOf(exchange), exchange));
    },
    failure: failureOf,
  };
}
