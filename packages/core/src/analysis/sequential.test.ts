import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { chartOf } from './chart.ts';
import { judgeNamed } from './judges.ts';
import type { Arm, Minute } from './minute.ts';
import { sequentialJudge } from './sequential.ts';

const limits = { window: 5, minInvocations: 100, maxErrorRate: 1, maxP95: 500 };
const judge = sequentialJudge(limits);

const calm: Arm = { invocations: 100, errors: 0, slow: 4 };
const stable: Arm = { invocations: 900, errors: 4, slow: 36 };
function minutesOf(count: number, canary: Partial<Arm> = {}, baseline: Partial<Arm> = {}): Minute[] {
  return Array.from({ length: count }, (_, index) => ({
    at: index * 60_000,
    canary: { ...calm, ...canary },
    baseline: { ...stable, ...baseline },
    throttles: 0,
  }));
}
const none: Arm = { invocations: 0, errors: 0, slow: 0 };

describe('a canary that is worse', () => {
  test('is rolled back before the window ends, told with both rates, their ratio and the chance of it', () => {
    const judgement = judge(minutesOf(3, { errors: 5 }));
    expect(judgement.verdict).toBe('rollback');
    expect(judgement.reasons[0]).toBe(
      'The canary fails in 5% (15 of 300) of its invocations, the stable version in 0.444% (12 of 2,700), 11 times as often, within 3 minutes.',
    );
    expect(judgement.reasons[1]).toMatch(
      /no worse, the chance of ever seeing as much is under 1 in [\d,]{3,}\.$/,
    );
    expect(judgement.evidence).toMatchObject([{ outcome: 'breached', limit: 100, bound: 'at most' }]);
  });

  test('by its latency is told by its latency', () => {
    const judgement = judge(minutesOf(4, { slow: 30 }));
    expect(judgement.verdict).toBe('rollback');
    expect(judgement.reasons[0]).toMatch(/^The canary is slower than 500 ms in 30% /);
  });

  test('without a stable version beside it is held against the objective', () => {
    const judgement = judge(minutesOf(5, { invocations: 3, errors: 3, slow: 0 }, none));
    expect(judgement.verdict).toBe('rollback');
    expect(judgement.reasons[0]).toContain('there is no stable version to compare with');
  });

  test('stays rolled back, whatever comes after', () => {
    const bad = minutesOf(3, { errors: 9 });
    expect(judge([...bad, ...minutesOf(200)]).verdict).toBe('rollback');
  });

  test('is not blamed by one minute alone, however bad', () => {
    expect(judge(minutesOf(1, { errors: 100, slow: 100 })).verdict).toBe('continue');
  });
});

describe('a canary that is no worse', () => {
  test('is promoted when the window ends, with both rates', () => {
    expect(judge(minutesOf(4))).toMatchObject({
      verdict: 'continue',
      missing: { what: '4 of 5 minutes have settled', minutes: 1 },
    });
    const judgement = judge(minutesOf(5));
    expect(judgement.verdict).toBe('promote');
    expect(judgement.reasons.join(' ')).toMatch(
      /fails in 0%.*slower than 500 ms in 4%.*100 to 1 would roll it back/,
    );
  });

  test('in an incident that both share is held, not blamed, with what to do', () => {
    const judgement = judge(minutesOf(5, { errors: 20 }, { errors: 180 }));
    expect(judgement.verdict).toBe('hold');
    expect(judgement.reasons[0]).toContain('both are above the objective of 1%');
    expect(judgement.reasons[0]).toMatch(/More time would not show it\.$/);
    expect(judgement.missing?.remedy).toContain('incident that both versions share');
    expect(judgement.evidence[0]?.outcome).toBe('within');
  });

  test('but is above the objective alone is held, with the time until it would be shown to be worse', () => {
    const canary = { invocations: 1_000, errors: 18, slow: 40 };
    const beside = { invocations: 1_000, errors: 12, slow: 40 };
    const judgement = judge(minutesOf(5, canary, beside));
    expect(judgement.verdict).toBe('hold');
    expect(judgement.reasons[0]).toMatch(/the canary is above the objective of 1%, .*about \d+ minutes more/);
    const more = judgement.missing?.minutes ?? 0;
    const decided = (minutes: number) => judge(minutesOf(minutes, canary, beside)).verdict === 'rollback';
    expect([decided(5 + Math.ceil(more / 3)), decided(5 + more)]).toEqual([false, true]);
  });

  test('with too few requests is held, with the time until there are enough and until a bad one would be found', () => {
    const judgement = judge(
      minutesOf(5, { invocations: 4, slow: 0 }, { invocations: 36, errors: 0, slow: 1 }),
    );
    expect(judgement).toMatchObject({ verdict: 'hold', missing: { minutes: 20 } });
    expect(judgement.reasons[1]).toMatch(
      /5 times the errors that the objective allows is found in about \d+ minutes/,
    );
  });

  test('without traffic is neither healthy nor a failure', () => {
    const judgement = judge(minutesOf(5, none));
    expect(judgement.verdict).toBe('hold');
    expect(judgement.evidence[0]?.outcome).toBe('open');
  });

  test('with unknown latency is held', () => {
    const minutes = minutesOf(5).map((minute) => ({ ...minute, canary: { invocations: 100, errors: 0 } }));
    expect(judge(minutes)).toMatchObject({ verdict: 'hold', missing: { what: 'no data of latency' } });
  });
});

describe('early promotion', () => {
  const early = sequentialJudge({ ...limits, window: 60, promoteEarly: true });
  const busy = minutesOf(
    12,
    { invocations: 1_000, errors: 4, slow: 40 },
    { invocations: 9_000, errors: 40, slow: 360 },
  );

  test('comes with evidence that the canary is less than twice as bad, and only where it is asked for', () => {
    const at = busy.findIndex((_, index) => early(busy.slice(0, index + 1)).verdict === 'promote');
    expect(at).toBeGreaterThan(0);
    expect(early(busy).reasons.join()).toContain('less than twice as bad');
    expect(sequentialJudge({ ...limits, window: 60 })(busy).verdict).toBe('continue');
  });

  test('does not come for a canary twice as bad, nor with too few requests', () => {
    expect(early(busy.map((one) => ({ ...one, canary: { ...one.canary, errors: 8 } }))).verdict).not.toBe(
      'promote',
    );
    expect(early(minutesOf(12, { invocations: 3, errors: 0, slow: 0 })).verdict).toBe('continue');
  });
});

test.each([0, 0.5, 1, -0.1, Number.NaN])('alpha %p is refused', (alpha) => {
  expect(() => sequentialJudge({ ...limits, alpha })).toThrow(RangeError);
});

test('a smaller alpha asks for more evidence', () => {
  const minutes = minutesOf(3, { errors: 4 });
  expect(judge(minutes).verdict).toBe('rollback');
  expect(sequentialJudge({ ...limits, alpha: 1e-6 })(minutes).verdict).not.toBe('rollback');
});

test('the path is there for charts, minute by minute, with its limit', () => {
  const { path } = judge(minutesOf(3, { errors: 5 }));
  expect(path?.limit).toBeCloseTo(2);
  expect(path?.minutes.map((minute) => minute.at)).toEqual([0, 60_000, 120_000]);
  expect(path?.minutes.at(-1)?.p).toBeLessThan(0.01);
  const chart = chartOf({
    minutes: minutesOf(3),
    evidence: [],
    latencyObjective: 500,
    ...(path ? { evidencePath: path } : {}),
  });
  expect(chart).toContain('Evidence against the canary');
  expect(chart).toContain('line [2, 2, 2]');
});

test('with the guard a fixed number of errors is held against the canary only where one is given', () => {
  const all = { ...limits, minSuccessRate: 99, maxThrottles: 10 };
  const busy = minutesOf(
    5,
    { invocations: 5_000, errors: 20, slow: 200 },
    { invocations: 5_000, errors: 22, slow: 200 },
  );
  expect(judgeNamed('sequential', all)(busy).verdict).toBe('promote');
  expect(judgeNamed('kayenta', all)(busy).verdict).toBe('promote');
  expect(judgeNamed('sequential', { ...all, maxErrors: 5 })(busy).verdict).toBe('rollback');
  expect(judgeNamed('guard', all)(busy).verdict).toBe('rollback');
});

describe('whatever the minutes', () => {
  const arm = fc
    .record({ invocations: fc.nat(400), errors: fc.nat(400), slow: fc.nat(400) })
    .map(({ invocations, errors, slow }) => ({
      invocations,
      errors: Math.min(errors, invocations),
      slow: Math.min(slow, invocations),
    }));
  const minutes = fc
    .array(fc.record({ canary: arm, baseline: arm, throttles: fc.constant(0) }), { maxLength: 12 })
    .map((list): Minute[] => list.map((one, index) => ({ ...one, at: index * 60_000 })));
  const rank = { rollback: 0, hold: 1, continue: 1, promote: 2 };
  const early = sequentialJudge({ ...limits, promoteEarly: true });

  test('it is never more favourable for one error or one slow request more', () => {
    fc.assert(
      fc.property(minutes, fc.nat(), fc.constantFrom('errors', 'slow'), (list, seed, what) => {
        fc.pre(list.length > 0);
        const worse = list.map((one, index) => {
          if (index !== seed % list.length) return one;
          const count = what === 'errors' ? one.canary.errors : (one.canary.slow ?? 0);
          return { ...one, canary: { ...one.canary, [what]: Math.min(one.canary.invocations, count + 1) } };
        });
        for (const each of [judge, early])
          expect(rank[each(worse).verdict]).toBeLessThanOrEqual(rank[each(list).verdict]);
      }),
    );
  });

  test('it is never less favourable for one error of the stable version more, but for an incident that both share', () => {
    fc.assert(
      fc.property(minutes, fc.nat(), (list, seed) => {
        fc.pre(list.length > 0);
        const shared = list.map((one, index) => {
          if (index !== seed % list.length) return one;
          const errors = Math.min(one.baseline.invocations, one.baseline.errors + 1);
          return { ...one, baseline: { ...one.baseline, errors } };
        });
        const [before, after] = [judge(list).verdict, judge(shared).verdict];
        if (after === 'rollback') expect(before).toBe('rollback');
      }),
    );
  });

  test('more minutes never take a rollback back, and one minute never rolls back', () => {
    fc.assert(
      fc.property(minutes, minutes, (list, more) => {
        const whole = [...list, ...more].map((one, index) => ({ ...one, at: index * 60_000 }));
        if (judge(list).verdict === 'rollback') expect(judge(whole).verdict).toBe('rollback');
      }),
    );
  });

  test('the canary without traffic is neither promoted nor blamed', () => {
    fc.assert(
      fc.property(minutes, (list) => {
        const idle = list.map((one) => ({ ...one, canary: none }));
        expect(['continue', 'hold']).toContain(judge(idle).verdict);
      }),
    );
  });

  test('it concludes when the window ends, says why, is a function of the minutes, and its path has all of them', () => {
    fc.assert(
      fc.property(minutes, (list) => {
        const judgement = judge(list);
        expect(judge(structuredClone(list))).toEqual(judgement);
        expect(judgement.reasons.length).toBeGreaterThan(0);
        expect(judgement.reasons.join()).not.toMatch(/NaN|Infinity|undefined/);
        expect(judgement.path?.minutes).toHaveLength(list.length);
        if (list.length >= limits.window) expect(judgement.verdict).not.toBe('continue');
        expect(judgement.verdict === 'rollback').toBe(judgement.evidence[0]?.outcome === 'breached');
        if (judgement.verdict === 'hold' || judgement.verdict === 'continue')
          expect(judgement.missing?.what).toBeTruthy();
      }),
    );
  });
});
