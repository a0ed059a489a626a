import type { MetricQuery, Point } from '../metrics/index.ts';

export const minuteLength = 60_000;

/** What one version did in one minute. Counts, so that every minute weighs what its traffic weighs. */
export interface Arm {
  /** Zero means no traffic, which is neither health nor failure. */
  readonly invocations: number;
  readonly errors: number;
  /** Invocations slower than the latency objective; absent where CloudWatch has no Duration for them. */
  readonly slow?: number;
  /** Milliseconds, for charts; judges use `slow`. */
  readonly p95?: number;
}

/** One settled minute of a canary and of the stable version beside it (the baseline). */
export interface Minute {
  /** Epoch milliseconds of its beginning. */
  readonly at: number;
  readonly canary: Arm;
  /** Without traffic throughout when the alias has no other version. */
  readonly baseline: Arm;
  /** Requests that the alias refused before any version ran; they are in neither arm. */
  readonly throttles: number;
  /** Whether all requests were sent to the canary, so that nothing was served beside it. */
  readonly alone?: boolean;
}

/** Which versions are compared behind which alias. */
export interface Arms {
  readonly functionName: string;
  readonly alias: string;
  readonly canary: string;
  /** The stable version; absent when the canary has all the traffic. */
  readonly baseline?: string | undefined;
}

/**
 * The series that minutes are made of. Lambda publishes a version's share of an alias only under FunctionName, Resource
 * `function:alias` and ExecutedVersion; any other Resource has no data and no error.
 * @param objective the latency objective in milliseconds.
 */
export function armSeries(arms: Arms, objective: number): MetricQuery[] {
  const resource = { FunctionName: arms.functionName, Resource: `${arms.functionName}:${arms.alias}` };
  const versions = [['canary', arms.canary] as const, ['baseline', arms.baseline] as const];
  const query = (id: string, name: string, statistic: string, version?: string): MetricQuery => ({
    id,
    namespace: 'AWS/Lambda',
    name,
    dimensions: version === undefined ? resource : { ...resource, ExecutedVersion: version },
    statistic,
    period: 60,
  });
  return [
    ...versions.flatMap(([arm, version]) =>
      version === undefined
        ? []
        : [
            query(`${arm}_invocations`, 'Invocations', 'Sum', version),
            query(`${arm}_errors`, 'Errors', 'Sum', version),
            query(`${arm}_rank`, 'Duration', `PR(:${objective})`, version),
            query(`${arm}_p95`, 'Duration', 'p95', version),
          ],
    ),
    query('throttles', 'Throttles', 'Sum'),
  ];
}

/** Every minute from `from` to `to` (exclusive, both whole minutes), those without traffic included, from the series of `armSeries`. */
export function assembleMinutes(
  series: ReadonlyMap<string, readonly Point[]>,
  from: number,
  to: number,
  objective: number,
): Minute[] {
  const byMinute = (id: string) =>
    new Map((series.get(id) ?? []).map((point) => [point.at, point.value] as const));
  const armOf = (name: string) => {
    const [invocations, errors] = [byMinute(`${name}_invocations`), byMinute(`${name}_errors`)];
    const [rank, p95] = [byMinute(`${name}_rank`), byMinute(`${name}_p95`)];
    return (at: number): Arm => {
      const count = Math.round(invocations.get(at) ?? 0);
      if (count === 0) return { invocations: 0, errors: 0, slow: 0 };
      const slow = slowOf(count, rank.get(at), p95.get(at), objective);
      const worst = p95.get(at);
      return {
        invocations: count,
        errors: Math.min(count, Math.round(errors.get(at) ?? 0)),
        ...(slow === undefined ? {} : { slow }),
        ...(worst === undefined ? {} : { p95: worst }),
      };
    };
  };
  const [canary, baseline, throttles] = [armOf('canary'), armOf('baseline'), byMinute('throttles')];
  const minutes: Minute[] = [];
  for (let at = from; at < to; at += minuteLength) {
    const throttled = Math.round(throttles.get(at) ?? 0);
    minutes.push({ at, canary: canary(at), baseline: baseline(at), throttles: throttled });
  }
  return minutes;
}

/**
 * How many of `count` invocations were slower than the objective: exactly where the percentile rank is served; else the
 * fewest that a p95 above the objective means, or none.
 */
function slowOf(
  count: number,
  rank: number | undefined,
  p95: number | undefined,
  objective: number,
): number | undefined {
  if (rank !== undefined) return Math.min(count, Math.max(0, Math.round(count * (1 - rank / 100))));
  if (p95 === undefined) return undefined;
  return p95 > objective ? Math.floor(0.05 * count) + 1 : 0;
}

/** An arm's sums over minutes. `timed` are the invocations of which the latency is known. */
export interface Total {
  readonly invocations: number;
  readonly errors: number;
  readonly slow: number;
  readonly timed: number;
}

export function totalOf(minutes: readonly Minute[], arm: 'canary' | 'baseline'): Total {
  const total = { invocations: 0, errors: 0, slow: 0, timed: 0 };
  for (const minute of minutes) {
    const { invocations, errors, slow } = minute[arm];
    total.invocations += invocations;
    total.errors += errors;
    total.slow += slow ?? 0;
    if (slow !== undefined) total.timed += invocations;
  }
  return total;
}
