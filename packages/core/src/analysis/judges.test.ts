import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { guarded, type Judge } from './judge.ts';
import { judgeNamed } from './judges.ts';
import type { Arm, Minute } from './minute.ts';

const limits = {
  window: 5,
  minInvocations: 100,
  maxErrors: 5,
  maxThrottles: 10,
  maxErrorRate: 1,
  minSuccessRate: 99,
  maxP95: 500,
};
const threshold = judgeNamed('threshold', limits);
const guard = judgeNamed('guard', limits);

const quiet: Arm = { invocations: 0, errors: 0, slow: 0 };
function minutesOf(...canaries: Partial<Arm & { throttles: number }>[]): Minute[] {
  return canaries.map(({ throttles = 0, ...canary }, index) => ({
    at: index * 60_000,
    canary: { ...quiet, ...canary },
    baseline: { invocations: 1_000, errors: 1, slow: 4 },
    throttles,
  }));
}
const five = (arm: Partial<Arm & { throttles: number }>) => minutesOf(arm, arm, arm, arm, arm);

describe('threshold', () => {
  test('healthy totals promote at the end of the window, not before', () => {
    const minutes = five({ invocations: 60 });
    expect(threshold(minutes.slice(0, 4))).toMatchObject({
      verdict: 'continue',
      missing: { what: '4 of 5 minutes have settled', minutes: 1 },
    });
    expect(threshold(minutes).verdict).toBe('promote');
  });

  test('the limit itself is within, one error more rolls back with its reason', () => {
    const one = { invocations: 200, errors: 2 };
    expect(threshold(five(one)).verdict).toBe('promote');
    const over = threshold([...five(one).slice(0, 4), ...minutesOf({ invocations: 200, errors: 3 })]);
    expect(over.verdict).toBe('rollback');
    expect(over.reasons[0]).toBe('error rate 1.1%; must be at most 1% (stable version: 0.1%).');
  });

  test('more than 5% slower than the objective is a p95 above it', () => {
    expect(threshold(five({ invocations: 100, slow: 5 })).verdict).toBe('promote');
    const slow = threshold(five({ invocations: 100, slow: 6 }));
    expect(slow.verdict).toBe('rollback');
    expect(slow.reasons.join()).toContain('p95, share slower than 500 ms 6%');
  });

  test('too few invocations hold and say how long the present traffic would need', () => {
    const held = threshold(five({ invocations: 4 }));
    expect(held).toMatchObject({ verdict: 'hold', missing: { minutes: 20 } });
    expect(held.reasons[0]).toContain('20 of 100 invocations');
    expect(threshold(five({}))).toMatchObject({ verdict: 'hold', missing: { what: expect.any(String) } });
    expect(threshold(five({})).missing?.minutes).toBeUndefined();
  });

  test('few invocations that failed beyond what the rest could make good roll back', () => {
    expect(threshold(minutesOf({ invocations: 3, errors: 1 }, {}, {}, {}, {})).verdict).toBe('hold');
    expect(threshold(minutesOf({ invocations: 3, errors: 2 }, {}, {}, {}, {})).verdict).toBe('rollback');
  });

  test('unknown latency holds', () => {
    const minutes = five({ invocations: 100 }).map((minute) => ({
      ...minute,
      canary: { invocations: 100, errors: 0 },
    }));
    expect(threshold(minutes)).toMatchObject({
      verdict: 'hold',
      missing: { what: 'no data of p95, share slower than 500 ms' },
    });
  });
});

describe('guard', () => {
  test('errors count in any two minutes beside each other, when the window ends', () => {
    const spread = minutesOf({ invocations: 900, errors: 3 }, { invocations: 900, errors: 3 }, {}, {}, {});
    expect(guard(spread.slice(0, 4)).verdict).toBe('continue');
    expect(guard(spread).verdict).toBe('rollback');
    const apart = minutesOf({ invocations: 900, errors: 3 }, {}, { invocations: 900, errors: 3 }, {}, {});
    expect(guard(apart).verdict).toBe('promote');
  });

  test('throttles of the alias roll back although they are in no arm', () => {
    const judgement = guard(minutesOf({ invocations: 500 }, { throttles: 11 }, {}, {}, {}));
    expect(judgement.verdict).toBe('rollback');
    expect(judgement.reasons).toEqual(['throttles in 2 minutes 11; must be at most 10.']);
  });

  test('comes before every other judge', () => {
    const minutes = minutesOf({ invocations: 9_000, errors: 6 }, { invocations: 9_000 }, {}, {}, {});
    expect(threshold(minutes)).toMatchObject({ verdict: 'rollback' });
    expect(threshold(minutes).evidence.filter((one) => one.outcome === 'breached')).toHaveLength(1);
  });
});

test('a judge that concludes before the window ends does not pass the guard by', () => {
  const eager: Judge = () => ({ verdict: 'promote', reasons: [], evidence: [] });
  const burst = minutesOf({ invocations: 90_000, errors: 6 });
  expect(guarded(guard, eager)(minutesOf({ invocations: 90_000, errors: 5 })).verdict).toBe('promote');
  expect(guarded(guard, eager)(burst)).toMatchObject({ verdict: 'rollback', reasons: [expect.any(String)] });
  expect(guarded(guard, threshold)(burst).verdict).toBe('continue');
});

describe.each([
  ['threshold', threshold],
  ['guard', guard],
] as [string, Judge][])('%s, whatever the minutes', (_, judge) => {
  const arm = fc
    .record({ invocations: fc.nat(400), errors: fc.nat(400), slow: fc.nat(400) })
    .map(({ invocations, errors, slow }) => ({
      invocations,
      errors: Math.min(errors, invocations),
      slow: Math.min(slow, invocations),
    }));
  const minute = fc.record({ canary: arm, baseline: arm, throttles: fc.nat(12) });
  const minutes = fc
    .array(minute, { maxLength: 12 })
    .map((list): Minute[] => list.map((one, index) => ({ ...one, at: index * 60_000 })));
  const rank = { rollback: 0, hold: 1, continue: 1, promote: 2 };

  test('goes on before the end of the window, and only then', () => {
    fc.assert(
      fc.property(minutes, (list) => {
        expect(judge(list).verdict === 'continue').toBe(list.length < limits.window);
      }),
    );
  });

  test('is never more favourable for one error, one slow request or one throttle more', () => {
    fc.assert(
      fc.property(minutes, fc.nat(), fc.constantFrom('errors', 'slow', 'throttles'), (list, seed, what) => {
        fc.pre(list.length > 0);
        const at = seed % list.length;
        const worse = list.map((one, index) => {
          if (index !== at) return one;
          if (what === 'throttles') return { ...one, throttles: one.throttles + 1 };
          const { canary } = one;
          const count = what === 'errors' ? canary.errors : (canary.slow ?? 0);
          return { ...one, canary: { ...canary, [what]: Math.min(canary.invocations, count + 1) } };
        });
        expect(rank[judge(worse).verdict]).toBeLessThanOrEqual(rank[judge(list).verdict]);
      }),
    );
  });

  test('without canary traffic never promotes, and blames it for nothing but throttles', () => {
    fc.assert(
      fc.property(minutes, (list) => {
        const idle = list.map((one) => ({ ...one, canary: quiet, throttles: 0 }));
        expect(['continue', 'hold']).toContain(judge(idle).verdict);
      }),
    );
  });

  test('is a function of the minutes alone', () => {
    fc.assert(
      fc.property(minutes, (list) => {
        const before = structuredClone(list);
        expect(judge(list)).toEqual(judge(structuredClone(list)));
        expect(list).toEqual(before);
      }),
    );
  });

  test('says why', () => {
    fc.assert(
      fc.property(minutes, (list) => {
        const { reasons, verdict, missing } = judge(list);
        expect(reasons.length).toBeGreaterThan(0);
        if (verdict === 'hold' || verdict === 'continue') expect(missing?.what).toBeTruthy();
      }),
    );
  });
});
