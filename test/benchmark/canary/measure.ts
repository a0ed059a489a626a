import { randomOf } from './random.ts';
import { alternatives, nulls, type Release, releasesOf, type Scenario } from './releases.ts';
import { judgeAll, ruleNames } from './rules.ts';
import { horizon, type Service, services } from './services.ts';
import { tune } from './tune.ts';

export interface Effort {
  readonly seed: number;
  /** Releases simulated per service: of each kind of good one (and for tuning), and of each kind of bad one. */
  readonly nullRuns: number;
  readonly alternativeRuns: number;
}

/** What one rule did in one scenario of one service. */
export interface Measured {
  /** Share of releases rolled back within the hour. */
  readonly rolledBack: number;
  /** Minutes until half, and nine tenths, of all releases were rolled back; null where fewer were. */
  readonly median: number | null;
  readonly p90: number | null;
  /** Mean number of the canary's failed (or slow) requests up to the rollback, or within the hour. */
  readonly badRequests: number;
  /** Share that ended without an answer. */
  readonly undecided: number;
}

export interface Cell {
  readonly service: number;
  readonly scenario: string;
  readonly runs: number;
  /** In the order of `ruleNames`. */
  readonly rules: readonly Measured[];
}

export const scenarios: readonly Scenario[] = [...nulls, ...alternatives];

/** All scenarios of one service, with every rule tuned for it on plain good releases of its own. */
export function measureService(index: number, { seed, nullRuns, alternativeRuns }: Effort): Cell[] {
  const service = services[index];
  if (!service) throw new RangeError(`there are ${services.length} services, no ${index}`);
  const tuned = tune(service, nullRuns, randomOf(seed, index, 0));
  return scenarios.map((scenario, number) => {
    const draw = releasesOf(scenario, service, randomOf(seed, index, number + 1));
    const runs = scenario.isNull ? nullRuns : alternativeRuns;
    const tallies = ruleNames.map(() => ({ minutes: new Int32Array(horizon + 1), bad: 0, undecided: 0 }));
    for (let run = 0; run < runs; run++) {
      const release = draw();
      judgeAll(release, scenario, tuned).forEach(({ minute, undecided }, rule) => {
        const tally = tallies[rule];
        if (!tally) return;
        tally.minutes[minute] = (tally.minutes[minute] ?? 0) + 1;
        tally.bad += badUntil(release, scenario, minute === 0 ? horizon : minute);
        if (undecided) tally.undecided++;
      });
    }
    const rules = tallies.map(({ minutes, bad, undecided }): Measured => {
      const never = minutes[0] ?? 0;
      return {
        rolledBack: (runs - never) / runs,
        median: quantile(minutes, runs, 0.5),
        p90: quantile(minutes, runs, 0.9),
        badRequests: bad / runs,
        undecided: undecided / runs,
      };
    });
    return { service: index, scenario: scenario.name, runs, rules };
  });
}

function badUntil({ full }: Release, { bad }: Scenario, minute: number): number {
  const counts = bad === 'errors' ? full.canaryErrors : full.canarySlow;
  let sum = 0;
  for (let index = 0; index < minute; index++) sum += counts[index] ?? 0;
  return sum;
}

function quantile(minutes: Int32Array, runs: number, share: number): number | null {
  let sum = 0;
  for (let minute = 1; minute < minutes.length; minute++) {
    sum += minutes[minute] ?? 0;
    if (sum >= share * runs) return minute;
  }
  return null;
}

export type { Service };
