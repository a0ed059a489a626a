import { describe, expect, test } from '@jest/globals';
import { classify, type Minute, sequentialJudge, type Verdict } from '@promo-actions/core/analysis';
import { begun, next, type Rules } from '@promo-actions/core/rollout';
import { criticalLimit, decide, fixedRules, looksOf } from './canary/fixed.ts';
import { kayentaMinutes, usualConfidence } from './canary/kayenta.ts';
import { poisson, randomOf } from './canary/random.ts';
import { alternatives, nulls, plain, type Release, releasesOf, type Scenario } from './canary/releases.ts';
import { alpha, sequentialRule } from './canary/sequential.ts';
import { horizon, type Service } from './canary/services.ts';

const service: Service = { traffic: 100, weight: 0.5, errorRate: 0.02 };
const busy: Service = { traffic: 1_000, weight: 0.1, errorRate: 0.01 };

function named(name: string): Scenario {
  const found = [...nulls, ...alternatives].find((scenario) => scenario.name === name);
  if (!found) throw new Error(`no scenario ${name}`);
  return found;
}

function minutesToRollback(scenario: Scenario, of: Service, runs: number, seed = 1): number[] {
  const draw = releasesOf(scenario, of, randomOf(seed));
  return Array.from({ length: runs }, () => sequentialRule(draw(), scenario.cold));
}

describe('a sample of the benchmark', () => {
  test.each(['plain', 'shared waves and burst'])('%s: false rollbacks within alpha', (name) => {
    const runs = 600;
    const falsely = minutesToRollback(named(name), service, runs).filter((minute) => minute > 0).length;
    const deviation = Math.sqrt((alpha * (1 - alpha)) / runs);
    expect(falsely / runs).toBeLessThanOrEqual(alpha + 3 * deviation);
  });

  test('ten times the errors are found within three minutes more often than not', () => {
    const minutes = minutesToRollback(named('errors ×10'), busy, 200);
    expect(minutes.filter((minute) => minute > 0 && minute <= 3).length).toBeGreaterThan(100);
    expect(minutes).not.toContain(0);
  });
});

test('the rule that is measured is the judge that is shipped, and rollouts are undone by it at the same minute', () => {
  const judge = sequentialJudge({ window: horizon, minInvocations: 100, maxErrorRate: 1, maxP95: 500 });
  let rollbacks = 0;
  for (const scenario of [plain, named('errors ×2'), named('errors ×5'), named('latency +20 %')]) {
    const draw = releasesOf(scenario, service, randomOf(2));
    for (let run = 0; run < 10; run++) {
      const release = draw();
      const minutes = minutesOf(release);
      const at = sequentialRule(release, 0);
      if (at === 0) expect(judge(minutes).verdict).not.toBe('rollback');
      else {
        rollbacks++;
        expect(judge(minutes.slice(0, at)).verdict).toBe('rollback');
        expect(judge(minutes.slice(0, at - 1)).verdict).not.toBe('rollback');
      }
      expect(undoneAt(minutes, judge)).toBe(at);
    }
  }
  expect(rollbacks).toBeGreaterThan(10);
});

/** The minute at which the state machine that drives rollouts undoes one that this judge watches; 0 where it does not. */
function undoneAt(
  minutes: readonly Minute[],
  judge: (seen: readonly Minute[]) => { verdict: Verdict },
): number {
  const weight = 50;
  const rules: Rules = {
    plan: [
      { weight, bake: horizon * 60_000 },
      { weight: 100, bake: 0 },
    ],
    early: false,
    stable: '1',
    canary: '2',
    onHold: 'pass',
    maxHold: 0,
    onClose: 'finish',
    hooks: { before: false, after: false },
    deadline: 2 * horizon * 60_000,
    pause: 30_000,
  };
  const canary = { version: '2', weight };
  let { state } = next(begun(rules, 0, 0), { traffic: { stable: '1' } }, 0);
  ({ state } = next(state, { traffic: { stable: '1', canary } }, 0));
  for (let minute = 1; minute <= minutes.length; minute++) {
    const { verdict } = judge(minutes.slice(0, minute));
    const decision = next(state, { traffic: { stable: '1', canary }, verdict }, minute * 60_000);
    if (decision.order.kind === 'undo') return minute;
    state = decision.state;
  }
  return 0;
}

test('Kayenta with counted pairs is Kayenta with sorted differences', () => {
  let failures = 0;
  const small: Service = { traffic: 10, weight: 0.5, errorRate: 0.02 };
  for (const kind of [service, small]) {
    for (const scenario of [plain, named('errors ×5'), named('latency +20 %')]) {
      const draw = releasesOf(scenario, kind, randomOf(3));
      for (let run = 0; run < 15; run++) {
        const release = draw();
        const { often, once } = kayentaMinutes(release, {
          often: [usualConfidence],
          once: [usualConfidence],
        });
        const [at = 0] = often;
        expect(at).toBe(plainlyKayenta(release, 5));
        expect(once).toEqual([plainlyKayenta(release, horizon)]);
        if (at > 0) failures++;
      }
    }
  }
  expect(failures).toBeGreaterThan(20);
});

test('a fixed rule rolls back below its critical limit and not at it', () => {
  const draw = releasesOf(plain, service, randomOf(4));
  for (let run = 0; run < 30; run++) {
    const release = draw();
    for (const rule of fixedRules.filter(({ name }) => !name.startsWith('Flagger'))) {
      const looks = looksOf(rule, release);
      const limit = criticalLimit(rule, looks, 'errors');
      if (limit <= 0) continue;
      expect(decide(rule, looks, { errors: limit, slow: 1 })).toBe(0);
      expect(decide(rule, looks, { errors: limit * 0.999, slow: 1 })).toBeGreaterThan(0);
    }
  }
});

test.each([0, 0.001, 0.7, 12, 900])('counts with mean %d are Poisson', (mean) => {
  const [draw, random] = [poisson(mean), randomOf(5)];
  const runs = 40_000;
  const counts = Array.from({ length: runs }, () => draw(random));
  const found = counts.reduce((sum, count) => sum + count, 0) / runs;
  const variance = counts.reduce((sum, count) => sum + (count - found) ** 2, 0) / runs;
  expect(Math.abs(found - mean)).toBeLessThanOrEqual(5 * Math.sqrt(mean / runs));
  expect(Math.abs(variance - mean)).toBeLessThanOrEqual(0.06 * mean + 5 * Math.sqrt(mean / runs));
  const none = counts.filter((count) => count === 0).length / runs;
  expect(Math.abs(none - Math.exp(-mean))).toBeLessThan(0.012);
});

test('the same seed gives the same releases, another one others', () => {
  const totals = (seed: number) =>
    minutesOf(releasesOf(plain, service, randomOf(seed))()).map(({ canary }) => canary.invocations);
  expect(totals(1)).toEqual(totals(1));
  expect(totals(1)).not.toEqual(totals(2));
});

function minutesOf({ full }: Release): Minute[] {
  return Array.from({ length: horizon }, (_, index) => ({
    at: index * 60_000,
    canary: {
      invocations: full.canary[index] ?? 0,
      errors: full.canaryErrors[index] ?? 0,
      slow: full.canarySlow[index] ?? 0,
    },
    baseline: {
      invocations: full.baseline[index] ?? 0,
      errors: full.baselineErrors[index] ?? 0,
      slow: full.baselineSlow[index] ?? 0,
    },
    throttles: 0,
  }));
}

/** Kayenta, each look from scratch by the product's own judgement of a metric. */
function plainlyKayenta(release: Release, every: number): number {
  const minutes = minutesOf(release);
  const shares = (arm: 'canary' | 'baseline', what: 'errors' | 'slow', until: number) =>
    minutes.slice(0, until).map((minute) => {
      const { invocations, [what]: events = 0 } = minute[arm];
      return invocations === 0 ? Number.NaN : (events / invocations) * 100;
    });
  for (let until = every; until <= horizon; until += every) {
    const labels = (['errors', 'slow'] as const).map((what) => {
      const rule = { name: what, group: what, direction: 'increase' } as const;
      return classify(rule, {
        canary: shares('canary', what, until),
        baseline: shares('baseline', what, until),
      }).label;
    });
    if (labels.some((label) => label !== 'pass')) return until;
  }
  return 0;
}
