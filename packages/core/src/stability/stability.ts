import type { Clock } from '../clock/index.ts';
import { formatDuration, formatInstant } from '../clock/index.ts';
import { decide, type Finding, type GateReport, type Subject } from '../gate/index.ts';
import {
  type Alias,
  type AliasStore,
  aliasMissing,
  type FunctionStore,
  type FunctionVersion,
  versionMissing,
} from '../lambda/index.ts';
import {
  type AlarmSource,
  judgeWatched,
  type MetricSource,
  type Point,
  type SeriesQuery,
  type WatchedMetric,
  watchedQueries,
} from '../metrics/index.ts';
import {
  checkAlarms,
  checkDeployment,
  checkQueue,
  checkTraffic,
  type DeploymentLimits,
  type Traffic,
  type TrafficLimits,
} from './checks.ts';
import { finePeriod, type Span, spanOf } from './lookback.ts';
import { functionTarget, type Target } from './target.ts';

export interface StabilityQuestion {
  readonly subject: Subject;
  readonly functions: readonly string[];
  /** The alias whose traffic and version are looked at; without it the function's whole traffic and `$LATEST`. */
  readonly alias?: string | undefined;
  /** Load balancers and APIs. */
  readonly targets: readonly Target[];
  /** Names of dead-letter queues. */
  readonly queues: readonly string[];
  readonly alarmPrefixes: readonly string[];
  readonly watched: readonly WatchedMetric[];
  /** Milliseconds. */
  readonly lookback: number;
  readonly traffic: TrafficLimits;
  readonly deployment: DeploymentLimits;
  readonly maxQueueDepth: number;
}

export interface StabilityPorts {
  readonly clock: Clock;
  readonly metrics: MetricSource;
  readonly alarms: AlarmSource;
  readonly aliases: Pick<AliasStore, 'find'>;
  readonly functions: Pick<FunctionStore, 'describe'>;
}

/**
 * Looks back over everything that the question names and reports each check. All series of all of them are read
 * together, after the functions and alarms, so that a misspelt function is told before anything is judged.
 */
export async function checkStability(
  question: StabilityQuestion,
  ports: StabilityPorts,
): Promise<GateReport> {
  const now = ports.clock.now();
  const span = spanOf(now, question.lookback);
  const words = `the last ${formatDuration(span.to - span.from)}`;
  const targets = [
    ...question.functions.map((name) => functionTarget(name, question.alias)),
    ...question.targets,
  ];

  const deployments = await Promise.all(
    question.functions.map((name) => readDeployment(name, question.alias, ports)),
  );
  const alarms = await Promise.all(
    question.alarmPrefixes.map(async (prefix) => checkAlarms(prefix, await ports.alarms.byPrefix(prefix))),
  );
  const queries = allQueries(question, targets, span);
  const series =
    queries.length > 0 ? await ports.metrics.series(queries, span.from, span.to) : new Map<string, Point[]>();

  const findings: Finding[] = [
    ...deployments.flatMap(({ version, alias }) => checkDeployment(version, alias, question.deployment, now)),
    ...targets.flatMap((target, index) =>
      checkTraffic(target, trafficOf(target, index, series), question.traffic, words),
    ),
    ...question.queues.map((queue, index) =>
      checkQueue(queue, series.get(`d${index}`)?.at(-1)?.value, question.maxQueueDepth),
    ),
    ...question.watched.map((watched, index) => judgeWatched(watched, series.get(`w${index}`) ?? [])),
    ...alarms.flat(),
  ];
  return {
    gate: 'stability-check',
    decision: decide(findings),
    subject: question.subject,
    at: formatInstant(now),
    findings,
  };
}

async function readDeployment(
  functionName: string,
  aliasName: string | undefined,
  { aliases, functions }: StabilityPorts,
): Promise<{ version: FunctionVersion; alias: Alias | undefined }> {
  const alias = aliasName === undefined ? undefined : await aliases.find(functionName, aliasName);
  const what = `the stability of \`${functionName}\` cannot be checked`;
  if (aliasName !== undefined && !alias) throw aliasMissing(functionName, aliasName, what);
  const version = await functions.describe(functionName, alias?.stableVersion);
  if (!version) throw versionMissing(functionName, alias?.stableVersion ?? '$LATEST', what);
  return { version, alias };
}

function allQueries(question: StabilityQuestion, targets: readonly Target[], span: Span): SeriesQuery[] {
  const fine = finePeriod(span);
  return [
    ...targets.flatMap((target, index) => targetQueries(target, index, question.traffic, span.period)),
    ...question.queues.map((queue, index) => ({
      id: `d${index}`,
      namespace: 'AWS/SQS',
      name: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: queue },
      statistic: 'Maximum',
      period: fine,
    })),
    ...question.watched.flatMap((watched, index) => watchedQueries(watched, `w${index}`, fine)),
  ];
}

function targetQueries(target: Target, index: number, limits: TrafficLimits, period: number): SeriesQuery[] {
  return [
    { ...target.requests, id: `t${index}_requests`, period },
    ...target.errors.map((errors, part) => ({ ...errors, id: `t${index}_errors${part}`, period })),
    ...(target.throttles && limits.maxThrottles !== undefined
      ? [{ ...target.throttles, id: `t${index}_throttles`, period }]
      : []),
    ...(limits.maxP95 === undefined ? [] : [{ ...target.p95, id: `t${index}_p95`, period }]),
  ];
}

function trafficOf(target: Target, index: number, series: ReadonlyMap<string, readonly Point[]>): Traffic {
  const values = (name: string) => (series.get(`t${index}_${name}`) ?? []).map((point) => point.value);
  const sum = (name: string) => values(name).reduce((total, value) => total + value, 0);
  const p95s = values('p95');
  return {
    requests: sum('requests'),
    errors: target.errors.reduce((total, _, part) => total + sum(`errors${part}`), 0),
    throttles: sum('throttles'),
    p95: p95s.length > 0 ? Math.max(...p95s) * target.p95Unit : undefined,
  };
}
