import type { Latency, TrafficDefinition } from './definition.ts';

export const MINUTE = 60_000;

/** How one version treats the requests of a stretch of time in which nothing changes. */
export interface Behaviour {
  /** The share of the invocations that fail, 0 to 1. */
  readonly errorRate: number;
  readonly latency: Latency;
  /** The factor on the latency. */
  readonly slower: number;
  /** The share of the invocations that start cold, 0 to 1, and the milliseconds it adds to them. */
  readonly coldShare: number;
  readonly coldExtra: number;
}

function incidentsAt(definition: TrafficDefinition, at: number) {
  return definition.incidents.filter((incident) => incident.at <= at && at < incident.at + incident.for);
}

/** Independent causes of failure together: an event is spared only by all of them. */
function eitherOf(rates: readonly number[]): number {
  return 1 - rates.reduce((spared, rate) => spared * (1 - rate), 1);
}

/** What the version does at a moment, `firstTraffic` being when it first got traffic. */
export function behaviourAt(
  definition: TrafficDefinition,
  version: string,
  firstTraffic: number,
  at: number,
): Behaviour {
  const own = definition.versions[version];
  const override = own !== undefined && at >= firstTraffic + own.from ? own : undefined;
  const incidents = incidentsAt(definition, at);
  const cold = override?.['cold-start'] ?? definition['cold-start'];
  const isCold = cold !== undefined && at < firstTraffic + cold.minutes * MINUTE;
  return {
    errorRate: eitherOf([
      override?.['error-rate'] ?? definition['error-rate'],
      ...incidents.map((incident) => incident['error-rate']),
    ]),
    latency: override?.latency ?? definition.latency,
    slower: incidents.reduce((factor, incident) => factor * incident.slower, 1),
    coldShare: isCold ? cold.share : 0,
    coldExtra: isCold ? cold.extra : 0,
  };
}

/** The share of all requests that are throttled at a moment. */
export function throttleRateAt(definition: TrafficDefinition, at: number): number {
  const incidents = incidentsAt(definition, at).map((incident) => incident['throttle-rate']);
  return eitherOf([definition['throttle-rate'], ...incidents]);
}

/**
 * The requests expected in the minute that begins at `at`. The daily curve is 1 + 0.6·cos with its height at 14:00 UTC;
 * a burst counts by the share of the minute it covers.
 */
export function expectedRequests(definition: TrafficDefinition, at: number): number {
  const { base, curve, bursts } = definition['requests-per-minute'];
  const hour = (at / 3_600_000) % 24;
  let rate = curve === 'daily' ? base * (1 + 0.6 * Math.cos(((hour - 14) / 24) * 2 * Math.PI)) : base;
  for (const burst of bursts) {
    const covered = Math.min(at + MINUTE, burst.at + burst.for) - Math.max(at, burst.at);
    if (covered > 0) rate *= 1 + (burst.times - 1) * (covered / MINUTE);
  }
  return rate;
}

/** The moments within the minute at which anything about the traffic changes, its own two ends included. */
export function boundaries(
  definition: TrafficDefinition,
  changes: readonly number[],
  first: ReadonlyMap<string, number>,
  at: number,
): readonly number[] {
  const moments = [
    ...changes,
    ...definition.incidents.flatMap((incident) => [incident.at, incident.at + incident.for]),
    ...[...first].flatMap(([version, since]) => {
      const own = definition.versions[version];
      const cold = own?.['cold-start'] ?? definition['cold-start'];
      return [since + (own?.from ?? 0), since + (cold?.minutes ?? 0) * MINUTE];
    }),
  ];
  const inside = moments.filter((moment) => moment > at && moment < at + MINUTE);
  return [...new Set([at, ...inside, at + MINUTE])].sort((a, b) => a - b);
}
