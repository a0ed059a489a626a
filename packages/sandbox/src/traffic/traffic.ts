import { MINUTE } from './behaviour.ts';
import { constantDatum, type Datum, mergeData, shareDatum } from './datum.ts';
import type { TrafficDefinition } from './definition.ts';
import { type AliasHistory, firstTraffic } from './history.ts';
import { latencyDatum } from './latency.ts';
import { type AliasMinute, type AliasTraffic, incomplete, minuteOf, type VersionMinute } from './minute.ts';
import { type AccountBook, inPlace, type Place, placeOf } from './place.ts';
import type { Dimensions, MetricSource, Series } from './series.ts';

/** One call of a function that a client of the sandbox made itself, on top of the modelled traffic. */
export interface DirectInvocation {
  readonly at: number;
  readonly function: string;
  /** The alias it went through, where it did. */
  readonly alias?: string | undefined;
  readonly version: string;
  readonly failed: boolean;
  /** Milliseconds. */
  readonly duration: number;
}

/** What the traffic needs to know of the functions it calls. */
export interface Functions {
  aliasHistory(account: string, region: string, name: string, alias: string): AliasHistory;
  directInvocations(account: string, region: string): readonly DirectInvocation[];
}

export interface TrafficDependencies {
  readonly definitions: readonly TrafficDefinition[];
  readonly accounts: AccountBook;
  readonly functions: Functions;
  readonly seed: number | string;
  /** The world's first moment, epoch milliseconds. */
  readonly worldStart: number;
}

const UNITS = {
  Invocations: 'Count',
  Errors: 'Count',
  Throttles: 'Count',
  Duration: 'Milliseconds',
  ConcurrentExecutions: 'Count',
} as const;
type Metric = keyof typeof UNITS;

/** The settle lag of functions whose traffic states none. */
const SETTLE = 2 * MINUTE;
/** One-minute datapoints are kept this long. */
const RETENTION = 15 * 24 * 60 * MINUTE;
const CACHED_MINUTES = 20_000;

/** What counts towards the metrics: an alias's traffic, for one version or (throttles) before any. */
interface Part {
  readonly function: string;
  readonly alias: string | undefined;
  readonly version: string | undefined;
  datum(metric: Metric, minute: number, now: number): Datum | undefined;
}

function durationBased(metric: Metric, duration: Datum): Datum {
  if (metric === 'Duration') return duration;
  // Little's law: what runs at once on average is the time spent running over the time that passed.
  return constantDatum(Math.ceil(duration.sum / MINUTE), 1);
}

function versionDatum(metric: Metric, version: VersionMinute, latency: () => Datum): Datum | undefined {
  if (metric === 'Invocations') return constantDatum(1, version.invocations);
  if (metric === 'Errors') return shareDatum(version.errors, version.invocations);
  return metric === 'Throttles' ? undefined : durationBased(metric, latency());
}

/** A modelled alias: its minutes, computed once they are past, as they become visible. */
class AliasModel {
  private readonly traffic: AliasTraffic;
  private readonly minutes = new Map<number, AliasMinute>();
  private readonly latencies = new WeakMap<VersionMinute, Datum>();

  constructor(traffic: AliasTraffic) {
    this.traffic = traffic;
  }

  private whole(minute: number): AliasMinute {
    const known = this.minutes.get(minute);
    if (known !== undefined) return known;
    if (this.minutes.size >= CACHED_MINUTES) this.minutes.clear();
    const computed = minuteOf(this.traffic, minute);
    this.minutes.set(minute, computed);
    return computed;
  }

  visible(minute: number, now: number): AliasMinute | undefined {
    const { settle, late } = this.traffic.definition;
    const age = now - (minute + MINUTE);
    if (age < Math.max(settle, 0) || age > RETENTION) return undefined;
    const whole = this.whole(minute);
    return age < settle + MINUTE ? incomplete(this.traffic, whole, late) : whole;
  }

  latency(minute: number, version: VersionMinute): Datum {
    const datum = this.latencies.get(version) ?? latencyDatum(this.traffic, minute, version);
    this.latencies.set(version, datum);
    return datum;
  }

  parts(): readonly Part[] {
    const { definition, history, worldStart } = this.traffic;
    const of = { function: definition.function, alias: definition.alias };
    const versions = [...firstTraffic(history, worldStart).keys()].map((version) => ({
      ...of,
      version,
      datum: (metric: Metric, minute: number, now: number) => {
        const facts = this.visible(minute, now)?.versions.find((one) => one.version === version);
        return facts && versionDatum(metric, facts, () => this.latency(minute, facts));
      },
    }));
    const gate = {
      ...of,
      version: undefined,
      datum: (metric: Metric, minute: number, now: number) => {
        const facts = metric === 'Throttles' ? this.visible(minute, now) : undefined;
        return facts && facts.requests > 0 ? shareDatum(facts.throttles, facts.requests) : undefined;
      },
    };
    return [...versions, gate];
  }
}

interface Modelled extends Place {
  readonly definition: TrafficDefinition;
  /** How long the alias's history was when the model was made. */
  known: number;
  model: AliasModel | undefined;
}

function directPart(calls: readonly DirectInvocation[]): Part {
  const [first] = calls;
  return {
    function: first?.function ?? '',
    alias: first?.alias,
    version: first?.version,
    datum(metric, minute, now) {
      if (now - (minute + MINUTE) < SETTLE) return undefined;
      const inside = calls.filter((call) => call.at >= minute && call.at < minute + MINUTE);
      if (inside.length === 0 || metric === 'Throttles') return undefined;
      if (metric === 'Invocations') return constantDatum(1, inside.length);
      if (metric === 'Errors') return shareDatum(inside.filter((call) => call.failed).length, inside.length);
      return durationBased(metric, mergeData(inside.map((call) => constantDatum(call.duration, 1))));
    },
  };
}

/** The dimension sets under which Lambda publishes what happened to one part. */
function dimensionSets(part: Part): readonly Dimensions[] {
  const named = { FunctionName: part.function };
  if (part.alias === undefined) return [{}, named];
  const aliased = { ...named, Resource: `${part.function}:${part.alias}` };
  return [
    {},
    named,
    aliased,
    ...(part.version === undefined ? [] : [{ ...aliased, ExecutedVersion: part.version }]),
  ];
}

function seriesOf(name: Metric, dimensions: Dimensions, parts: readonly Part[]): Series {
  return {
    namespace: 'AWS/Lambda',
    name,
    dimensions,
    unit: UNITS[name],
    datum(minute, now) {
      const data = parts.map((part) => part.datum(name, minute, now)).filter((datum) => datum !== undefined);
      return data.length === 0 ? undefined : mergeData(data);
    },
  };
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  return [...groups.values()];
}

/**
 * The simulated callers of the world's aliases, as Lambda's own metrics would show them: Invocations, Errors, Throttles,
 * Duration and ConcurrentExecutions under {}, {FunctionName}, {FunctionName, Resource} and {FunctionName, Resource,
 * ExecutedVersion}. A minute without invocations has no datapoint; one with invocations has Errors, be they 0.
 */
export function createTraffic(dependencies: TrafficDependencies): MetricSource {
  const { definitions, accounts, functions, seed, worldStart } = dependencies;
  const models = definitions.map(
    (definition): Modelled => ({ ...placeOf(accounts, definition), definition, known: -1, model: undefined }),
  );

  /** A model's minutes hold as long as the alias's history does not grow behind them. */
  function modelOf(entry: Modelled): AliasModel {
    const { definition, account, region } = entry;
    const history = functions.aliasHistory(account, region, definition.function, definition.alias);
    if (entry.model === undefined || entry.known !== history.length) {
      entry.known = history.length;
      entry.model = new AliasModel({ seed, definition, history: [...history], worldStart });
    }
    return entry.model;
  }

  return {
    series(account, region) {
      const modelled = models
        .filter((entry) => inPlace(entry, account, region))
        .flatMap((entry) => modelOf(entry).parts());
      const direct = grouped(functions.directInvocations(account, region), (call) =>
        JSON.stringify([call.function, call.alias ?? null, call.version]),
      ).map(directPart);
      const placed = [...modelled, ...direct].flatMap((part) =>
        dimensionSets(part).map((dimensions) => ({ dimensions, part })),
      );
      return grouped(placed, ({ dimensions }) => JSON.stringify(dimensions)).flatMap((group) =>
        (Object.keys(UNITS) as Metric[])
          .filter((metric) => metric !== 'Throttles' || !('ExecutedVersion' in (group[0]?.dimensions ?? {})))
          .map((metric) =>
            seriesOf(
              metric,
              group[0]?.dimensions ?? {},
              group.map(({ part }) => part),
            ),
          ),
      );
    },
  };
}
