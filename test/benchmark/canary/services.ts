/** Minutes that every simulated release is watched. */
export const horizon = 60;

/** A service and how its canary is given its share; nothing of a rule's defaults depends on it. */
export interface Service {
  /** Requests a minute, of both versions. */
  readonly traffic: number;
  /** The canary's share of them by minute, 0 to 1. */
  readonly weight: 'ramp' | number;
  /** The share of errors of the stable version, 0 to 1. */
  readonly errorRate: number;
}

const rampMinutes = 15;
const ramp = [0.05, 0.1, 0.25, 0.5] as const;

export const services: readonly Service[] = [1, 10, 100, 1_000].flatMap((traffic) =>
  ([0.05, 0.1, 0.5, 'ramp'] as const).flatMap((weight) =>
    [0.001, 0.005, 0.01, 0.02].map((errorRate) => ({ traffic, weight, errorRate })),
  ),
);

/** The canary's share in a minute, counted from 0. */
export function weightAt({ weight }: Service, minute: number): number {
  return weight === 'ramp' ? (ramp[Math.min(3, Math.floor(minute / rampMinutes))] ?? 0.5) : weight;
}
