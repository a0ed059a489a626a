import {
  type Behaviour,
  behaviourAt,
  boundaries,
  expectedRequests,
  MINUTE,
  throttleRateAt,
} from './behaviour.ts';
import type { TrafficDefinition } from './definition.ts';
import { type AliasHistory, beginning, firstTraffic, sharesOf, stateAt } from './history.ts';
import { binomial, poisson, type Random, randomOf } from './random.ts';

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
export function streamsOf({ seed, definition: d }: AliasTraffic, at: number) {
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
 * Pure: a minute asked again, or in another order, gives the same facts.
 */
export function minuteOf(traffic: AliasTraffic, at: number): AliasMinute {
  const { definition, history, worldStart } = traffic;
  const stream = streamsOf(traffic, at);
  const first = firstTraffic(history, worldStart);
  const changes = history.map((_, index) => beginning(history, index, worldStart));
  const moments = boundaries(definition, changes, first, at);
  const pieces = moments
    .slice(0, -1)
    .map((from, index) => ({ from, length: (moments[index + 1] ?? from) - from }));
  const arrived = poisson(stream('requests'), expectedRequests(definition, at));
  const counts = split(
    stream('pieces'),
    arrived,
    pieces.map((piece) => piece.length / MINUTE),
  );

  const [throttling, routing] = [stream('throttles'), stream('routes')];
  const tallies = new Map<string, Tally>();
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
      const tally = tallies.get(version) ?? {
        ...{ invocations: 0, errors: 0, latencies: [] },
        ...{ failing: stream('errors', version), starting: stream('cold', version) },
      };
      tallies.set(version, tally);
      const behaviour = behaviourAt(definition, version, first.get(version) ?? piece.from, piece.from);
      invoke(tally, routed[position] ?? 0, behaviour);
    });
  });
  const versions = [...tallies]
    .map(([version, { invocations, errors, latencies }]) => ({ version, invocations, errors, latencies }))
    .filter(({ invocations }) => invocations > 0);
  return { at, requests, throttles, versions };
}

interface Tally {
  invocations: number;
  errors: number;
  readonly latencies: LatencyGroup[];
  readonly failing: Random;
  readonly starting: Random;
}

function invoke(tally: Tally, count: number, behaviour: Behaviour): void {
  const { median, p95 } = behaviour.latency;
  const cold = binomial(tally.starting, count, behaviour.coldShare);
  const warm = {
    count: count - cold,
    median,
    sigma: Math.log(p95 / median) / Z95,
    slower: behaviour.slower,
    extra: 0,
  };
  tally.invocations += count;
  tally.errors += binomial(tally.failing, count, behaviour.errorRate);
  if (warm.count > 0) tally.latencies.push(warm);
  if (cold > 0) tally.latencies.push({ ...warm, count: cold, extra: behaviour.coldExtra });
}

/** How many of each group remain when `kept` of all remain, every group keeping its share. */
function thinned(groups: readonly LatencyGroup[], kept: number): readonly LatencyGroup[] {
  const total = groups.reduce((sum, group) => sum + group.count, 0);
  let before = 0;
  return groups.flatMap((group) => {
    const from = Math.round((before * kept) / total);
    before += group.count;
    const count = Math.round((before * kept) / total) - from;
    return count > 0 ? [{ ...group, count }] : [];
  });
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
    return invocations === 0
      ? []
      : [{ version, errors, invocations, latencies: thinned(all.latencies, invocations) }];
  });
  const invoked = versions.reduce((sum, version) => sum + version.invocations, 0);
  return { at: whole.at, requests: invoked + throttles, throttles, versions };
}
