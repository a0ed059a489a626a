import { behaviourAt, boundaries, expectedRequests, MINUTE, throttleRateAt } from './behaviour.ts';
import { type Datum, sampleDatum } from './datum.ts';
import type { TrafficDefinition } from './definition.ts';
import { type AliasHistory, beginning, firstTraffic, sharesOf, stateAt } from './history.ts';
import { binomial, normal, poisson, type Random, randomOf } from './random.ts';

/** At most this many latencies are drawn for a version's minute; each then stands for several invocations. */
const SAMPLE_LIMIT = 2000;
/** The standard normal's 95th percentile: p95 = median · exp(1.645 σ). */
const Z95 = 1.6448536269514722;

/** Invocations of one minute whose latencies share a distribution: lognormal times `slower`, plus `extra` ms. */
export interface LatencyGroup {
  readonly count: number;
  readonly median: number;
  readonly sigma: number;
  readonly slower: number;
  readonly extra: number;
}

export interface VersionMinute {
  readonly version: string;
  readonly invocations: number;
  readonly errors: number;
  readonly latencies: readonly LatencyGroup[];
}

/** What happened at one alias in the minute that begins at `at`. */
export interface AliasMinute {
  readonly at: number;
  /** All that arrived at the alias: what was invoked and what was throttled. */
  readonly requests: number;
  readonly throttles: number;
  /** One entry for each version that was invoked, in no order that means anything. */
  readonly versions: readonly VersionMinute[];
}

export interface AliasTraffic {
  readonly seed: number | string;
  readonly definition: TrafficDefinition;
  readonly history: AliasHistory;
  /** The world's first moment; see `beginning`. */
  readonly worldStart: number;
}

/** The streams of a minute; each purpose and version has its own, so that one release's fate does not alter another's. */
function streamsOf({ seed, definition: d }: AliasTraffic, at: number) {
  return (purpose: string, version = ''): Random =>
    randomOf(seed, d.account, d.region ?? '', d.function, d.alias, at, purpose, version);
}

/** Divides n events over shares that add up to at most 1; what is left over belongs to none. */
function split(random: Random, n: number, shares: readonly number[]): readonly number[] {
  let left = n;
  let share = 1;
  return shares.map((wanted) => {
    const count = share <= 0 ? 0 : binomial(random, left, Math.min(1, wanted / share));
    left -= count;
    share -= wanted;
    return count;
  });
}

/**
 * The facts of one minute: requests ~ Poisson, spread evenly over the minute, cut where weights, incidents or a
 * version's behaviour change; in each piece throttled, routed by the weights in force, failed and delayed at random.
 * A pure function: any minute, asked in any order, gives the same facts.
 */
export function minuteOf(traffic: AliasTraffic, at: number): AliasMinute {
  const { definition, history, worldStart } = traffic;
  const stream = streamsOf(traffic, at);
  const first = firstTraffic(history, worldStart);
  const changes = history.map((_, index) => beginning(history, index, worldStart));
  const moments = boundaries(definition, changes, first, at);
  const pieces = moments.slice(0, -1).map((from, index) => ({ from, length: (moments[index + 1] ?? from) - from }));
  const arrived = poisson(stream('requests'), expectedRequests(definition, at));
  const counts = split(
    stream('pieces'),
    arrived,
    pieces.map((piece) => piece.length / MINUTE),
  );

  const streams = new Map<string, { errors: Random; cold: Random }>();
  const versions = new Map<string, { invocations: number; errors: number; latencies: LatencyGroup[] }>();
  const [throttling, routing] = [stream('throttles'), stream('routes')];
  let requests = 0;
  let throttles = 0;
  pieces.forEach((piece, index) => {
    const shares = sharesOf(stateAt(history, piece.from, worldStart));
    const count = counts[index] ?? 0;
    if (shares.length === 0 || count === 0) return;
    const throttled = binomial(throttling, count, throttleRateAt(definition, piece.from));
    requests += count;
    throttles += throttled;
    const routed = split(
      routing,
      count - throttled,
      shares.map(([, share]) => share),
    );
    shares.forEach(([version], position) => {
      const invocations = routed[position] ?? 0;
      if (invocations === 0) return;
      const random = streams.get(version) ?? { errors: stream('errors', version), cold: stream('cold', version) };
      streams.set(version, random);
      const behaviour = behaviourAt(definition, version, first.get(version) ?? piece.from, piece.from);
      const cold = binomial(random.cold, invocations, behaviour.coldShare);
      const { median, p95 } = behaviour.latency;
      const warmGroup = { median, sigma: Math.log(p95 / median) / Z95, slower: behaviour.slower, extra: 0 };
      const sum = versions.get(version) ?? { invocations: 0, errors: 0, latencies: [] };
      versions.set(version, sum);
      sum.invocations += invocations;
      sum.errors += binomial(random.errors, invocations, behaviour.errorRate);
      if (invocations > cold) sum.latencies.push({ ...warmGroup, count: invocations - cold });
      if (cold > 0) sum.latencies.push({ ...warmGroup, count: cold, extra: behaviour.coldExtra });
    });
  });
  return { at, requests, throttles, versions: [...versions].map(([version, sum]) => ({ version, ...sum })) };
}

/**
 * The same minute as it looks while `missing` (0 to 1) of it has not come in yet. Never more of anything than the whole.
 */
export function incomplete(traffic: AliasTraffic, whole: AliasMinute, missing: number): AliasMinute {
  if (missing <= 0) return whole;
  const random = streamsOf(traffic, whole.at)('late');
  const arrived = (count: number) => binomial(random, count, 1 - missing);
  const throttles = arrived(whole.throttles);
  const versions = whole.versions.flatMap(({ version, ...all }) => {
    const errors = arrived(all.errors);
    const invocations = errors + arrived(all.invocations - errors);
    if (invocations === 0) return [];
    const kept = Math.min(invocations, all.invocations);
    let left = kept;
    let of = all.invocations;
    const latencies = all.latencies.map((group) => {
      const count = of === group.count ? left : Math.min(left, group.count, binomial(random, left, group.count / of));
      left -= count;
      of -= group.count;
      return { ...group, count };
    });
    return [{ version, errors, invocations: kept, latencies: latencies.filter((group) => group.count > 0) }];
  });
  const invoked = versions.reduce((sum, version) => sum + version.invocations, 0);
  return { at: whole.at, requests: invoked + throttles, throttles, versions };
}

/**
 * The latencies of a version's minute in milliseconds, drawn from its groups: each invocation's own up to 2000, beyond
 * that a sample in which every group keeps its share.
 */
export function latencyDatum(traffic: AliasTraffic, at: number, minute: VersionMinute): Datum {
  const random = streamsOf(traffic, at)('latency', minute.version);
  const scale = Math.min(1, SAMPLE_LIMIT / minute.invocations);
  const sample: number[] = [];
  let due = 0;
  for (const { count, median, sigma, slower, extra } of minute.latencies) {
    due += count * scale;
    while (sample.length < Math.round(due)) sample.push(median * Math.exp(sigma * normal(random)) * slower + extra);
  }
  return sampleDatum(Float64Array.from(sample), minute.invocations);
}
