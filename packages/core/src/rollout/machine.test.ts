import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Decision, next } from './machine.ts';
import { parsePlan } from './rollout-plan.ts';
import {
  begun,
  heldSteps,
  type Observation,
  type Order,
  type RolloutState,
  type Rules,
  readState,
  type Split,
} from './state.ts';

const minute = 60_000;
const rules: Rules = {
  plan: parsePlan('10:5m, 50:5m, 100'),
  early: false,
  stable: '1',
  canary: '2',
  onHold: 'extend',
  maxHold: 20 * minute,
  onClose: 'rollback',
  hooks: { before: false, after: false },
  deadline: 600 * minute,
  pause: 30_000,
};
const at = (weight: number): Split =>
  weight === 0 ? { stable: '1' } : { stable: '1', canary: { version: '2', weight } };
const open = { open: true, told: 'Open.' };
const closed = { open: false, told: 'Closed.' };

/** The state after looking at given things, one a minute, beginning at minute 0. */
function after(given: Partial<Rules>, seen: readonly Observation[], initial = 0): Decision {
  let decision: Decision = {
    state: begun({ ...rules, ...given }, initial, 0),
    order: { kind: 'wait', until: 0 },
  };
  seen.forEach((one, index) => {
    decision = next(decision.state, one, index * minute);
  });
  return decision;
}

const promoted = { verdict: 'promote', reasons: ['Good.'] } as const;
const bakes = (count: number, seen: Observation) => Array.from({ length: count }, () => seen);

describe('a rollout', () => {
  test('goes through its plan and completes', () => {
    const { state, order } = after({}, [
      { traffic: at(0) },
      { traffic: at(10) },
      ...bakes(4, { traffic: at(10), verdict: 'continue' }),
      { traffic: at(10), ...promoted },
      { traffic: at(50) },
      ...bakes(5, { traffic: at(50), ...promoted }),
      { traffic: { stable: '2' } },
    ]);
    expect(order).toEqual({ kind: 'end', outcome: 'completed' });
    expect(state.history).toEqual([
      { at: 0, weight: 0 },
      { at: 1 * minute, weight: 10 },
      { at: 7 * minute, weight: 50 },
      { at: 13 * minute, weight: 100 },
    ]);
  });

  test.each<[string, Partial<Rules>, readonly Observation[], Order]>([
    ['begins with its first weight', {}, [{ traffic: at(0) }], { kind: 'weigh', weight: 10 }],
    [
      'gives an order again until it shows',
      {},
      [{ traffic: at(0) }, { traffic: at(0) }],
      { kind: 'weigh', weight: 10 },
    ],
    [
      'asks before the first request',
      { hooks: { before: true, after: false } },
      [{ traffic: at(0) }],
      { kind: 'ask', hook: 'before' },
    ],
    [
      'begins when the answer is yes',
      { hooks: { before: true, after: false } },
      [{ traffic: at(0), answers: { before: { yes: true, why: '' } } }],
      { kind: 'weigh', weight: 10 },
    ],
    [
      'holds a weight for its bake',
      {},
      [{ traffic: at(0) }, { traffic: at(10), ...promoted }],
      { kind: 'wait', until: minute + 30_000 },
    ],
    [
      'rises early where the plan allows it',
      { early: true },
      [{ traffic: at(0) }, { traffic: at(10), ...promoted }],
      { kind: 'weigh', weight: 50 },
    ],
    [
      'without a canary completes at once',
      { plan: parsePlan('100') },
      [{ traffic: at(0) }],
      { kind: 'complete' },
    ],
    [
      'asks after traffic while the stable version is still there',
      { plan: parsePlan('100'), hooks: { before: false, after: true } },
      [{ traffic: at(0) }, { traffic: at(100) }],
      { kind: 'ask', hook: 'after' },
    ],
    [
      'completes when the answer after traffic is yes, whatever the window',
      { plan: parsePlan('100'), hooks: { before: false, after: true }, onClose: 'hold' },
      [
        { traffic: at(0), window: open },
        { traffic: at(100), window: closed, answers: { after: { yes: true, why: '' } } },
      ],
      { kind: 'complete' },
    ],
    [
      'keeps a weight while the window is closed',
      { onClose: 'hold' },
      [{ traffic: at(0), window: open }, ...bakes(7, { traffic: at(10), window: closed, ...promoted })],
      { kind: 'wait', until: 7 * minute + 30_000 },
    ],
    [
      'finishes although the window closed, where that is asked',
      { onClose: 'finish' },
      [{ traffic: at(0), window: open }, ...bakes(6, { traffic: at(10), window: closed, ...promoted })],
      { kind: 'weigh', weight: 50 },
    ],
    [
      'waits longer where too little was seen',
      {},
      [{ traffic: at(0) }, ...bakes(7, { traffic: at(10), verdict: 'hold' })],
      { kind: 'wait', until: 7 * minute + 30_000 },
    ],
    [
      'goes on without evidence where that is asked',
      { onHold: 'pass' },
      [{ traffic: at(0) }, ...bakes(6, { traffic: at(10), verdict: 'hold' })],
      { kind: 'weigh', weight: 50 },
    ],
    [
      'outlasts two looks without sight',
      {},
      [{ traffic: at(0) }, ...bakes(2, { blind: 'Throttled.' })],
      { kind: 'wait', until: 2 * minute + 30_000 },
    ],
  ])('%s', (_, given, seen, order) => {
    expect(after(given, seen).order).toEqual(order);
  });

  const begins = [
    { traffic: at(0), window: open },
    { traffic: at(10), window: open },
  ];
  test.each<[string, Partial<Rules>, readonly Observation[], RegExp]>([
    ['a bad canary', {}, [{ traffic: at(10), verdict: 'rollback', reasons: ['Errors.'] }], /^Errors\.$/],
    ['cancelling', {}, [{ traffic: at(10), cancelled: 'Cancelled.' }], /^Cancelled\.$/],
    ['a window that closes', {}, [{ traffic: at(10), window: closed }], /^Closed\.$/],
    [
      'its deadline',
      { deadline: 2 * minute },
      [{ traffic: at(10) }],
      /had not ended by 1970-01-01T00:02:00Z/,
    ],
    ['blindness', {}, bakes(3, { blind: 'Throttled.' }), /not be watched 3 times in a row: Throttled/],
    [
      'no evidence',
      { onHold: 'fail' },
      bakes(5, { traffic: at(10), verdict: 'hold', reasons: ['Few.'] }),
      /^Few\.$/,
    ],
    [
      'no evidence for too long',
      { maxHold: 2 * minute },
      bakes(7, { traffic: at(10), verdict: 'hold', reasons: ['Few.'] }),
      /^Few\. It was given 2m more\.$/,
    ],
    ['a weight that someone else gave', {}, [{ traffic: at(70) }], /Someone else gave version 2 70%/],
  ])('is undone by %s, and stays so', (_, given, seen, reason) => {
    const first = after(given, [...begins, ...seen]);
    expect(first.order).toEqual({ kind: 'undo' });
    expect(first.state.reasons.join(' ')).toMatch(reason);
    const again = next(first.state, { traffic: at(10), window: open, ...promoted }, 90 * minute);
    expect(again.order).toEqual({ kind: 'undo' });
    const last = next(again.state, { traffic: at(0) }, 91 * minute);
    expect(last.order).toEqual({ kind: 'end', outcome: 'undone' });
  });

  test.each<[string, readonly Observation[], string]>([
    ['a closed window', [{ traffic: at(0), window: closed }], 'refused'],
    ['someone who took the canary out', [...begins, { traffic: at(0) }], 'undone'],
    ['another stable version', [...begins, { traffic: { stable: '3' } }], 'superseded'],
    [
      'another canary',
      [...begins, { traffic: { stable: '1', canary: { version: '3', weight: 5 } } }],
      'superseded',
    ],
    ['someone who completed it', [...begins, { traffic: { stable: '2' } }], 'superseded'],
  ])('ends by itself at %s', (_, seen, outcome) => {
    expect(after({}, seen).order).toEqual({ kind: 'end', outcome });
  });

  test('gives up a hook that does not answer, however often the canary was seen in between', () => {
    const silent = [{ traffic: at(0) }, { traffic: at(0), blind: 'Silent.' }];
    const given = { hooks: { before: true, after: false } };
    expect(after(given, [...silent, ...silent]).order.kind).toBe('wait');
    const last = after(given, [...silent, ...silent, ...silent]);
    expect(last.order).toEqual({ kind: 'end', outcome: 'refused' });
    expect(last.state.reasons.join()).toContain('Silent.');
  });

  test('counts looks without sight in a row alone', () => {
    const seen = [
      { blind: 'Throttled.' },
      { blind: 'Throttled.' },
      { traffic: at(10), verdict: 'continue' as const },
    ];
    expect(after({}, [{ traffic: at(0) }, { traffic: at(10) }, ...seen, ...seen, ...seen]).order.kind).toBe(
      'wait',
    );
  });

  test('leaves what it can no longer take back', () => {
    const undoing = after({}, [...begins, { traffic: at(10), cancelled: 'Cancelled.' }]).state;
    const completed = { stable: '2' };
    expect(next(undoing, { traffic: completed }, minute).order).toEqual({ kind: 'undo' });
    const third = { stable: '2', canary: { version: '3', weight: 5 } };
    expect(next(undoing, { traffic: third }, minute).order).toEqual({ kind: 'end', outcome: 'superseded' });
  });

  test('takes over the canary of an attempt that died, and takes it out where it may not begin', () => {
    expect(after({}, [{ traffic: at(50), window: open }], 50).order).toEqual({ kind: 'weigh', weight: 10 });
    expect(after({}, [{ traffic: at(50), window: closed }], 50).order).toEqual({ kind: 'undo' });
  });

  test('rising anew after a death needs the verdict again', () => {
    const raised = after({}, [...begins, ...bakes(5, { traffic: at(10), window: open, ...promoted })]);
    expect(raised.order).toEqual({ kind: 'weigh', weight: 50 });
    const bad = next(raised.state, { traffic: at(10), verdict: 'rollback', reasons: ['Bad.'] }, 30 * minute);
    expect(bad.order).toEqual({ kind: 'undo' });
    const shown = next(raised.state, { traffic: at(50), window: closed }, 30 * minute);
    expect(shown.order).toEqual({ kind: 'undo' });
  });
});

// --- Properties ------------------------------------------------------------------------------------------------

const verdicts = fc.constantFrom('rollback', 'continue', 'promote', 'hold', undefined);
const answer = fc.record({ yes: fc.boolean(), why: fc.constant('because') });
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const defined = (values: object) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Observation;

const versions = fc.constantFrom('1', '2', '3');
const split: fc.Arbitrary<Split> = fc
  .record({
    stable: versions,
    canary: optional(fc.record({ version: versions, weight: fc.constantFrom(0, 10, 50, 70, 100) })),
  })
  .map(({ stable, canary }) => (canary ? { stable, canary } : { stable }));

const anyObservation: fc.Arbitrary<Observation> = fc
  .record({
    traffic: optional(split),
    verdict: verdicts,
    reasons: optional(fc.constant(['A reason.'])),
    blind: optional(fc.constant('Throttled.')),
    window: optional(fc.constantFrom(open, closed)),
    cancelled: optional(fc.constant('Cancelled.')),
    answers: optional(fc.record({ before: optional(answer), after: optional(answer) }).map(defined)),
  })
  .map(defined);

const anyRules: fc.Arbitrary<Rules> = fc
  .record({
    plan: fc.constantFrom('10:5m, 50:5m, 100', '100', '5:2m, 100:3m', 'linear 20% every 4m').map(parsePlan),
    early: fc.boolean(),
    onHold: fc.constantFrom('fail', 'pass', 'extend'),
    onClose: fc.constantFrom('finish', 'hold', 'rollback'),
    hooks: fc.record({ before: fc.boolean(), after: fc.boolean() }),
    maxHold: fc.constantFrom(0, 5 * minute),
  })
  .map((given) => ({ ...rules, ...given, deadline: 120 * minute }));

const anyState: fc.Arbitrary<RolloutState> = fc
  .record({
    given: anyRules,
    initial: fc.constantFrom(0, 10, 33),
    seen: fc.array(fc.tuple(anyObservation, fc.integer({ min: 0, max: 10 })), { maxLength: 12 }),
  })
  .map(({ given, initial, seen }) => {
    let state = begun(given, initial, 0);
    let now = 0;
    for (const [observation, minutes] of seen) {
      now += minutes * minute;
      state = next(state, observation, now).state;
    }
    return state;
  });

/** What a world does at each of its minutes; the process may die before or after carrying out an order. */
interface Weather {
  readonly verdict: Observation['verdict'];
  readonly window: boolean;
  readonly dies: 'no' | 'before' | 'after';
  readonly blind: boolean;
  readonly yes: boolean;
  readonly cancelled: boolean;
}

const weather: fc.Arbitrary<Weather> = fc.record({
  verdict: fc.constantFrom<Observation['verdict'][]>(
    'promote',
    'promote',
    'promote',
    'continue',
    'hold',
    'rollback',
  ),
  window: fc.constantFrom(true, true, true, false),
  dies: fc.constantFrom('no', 'no', 'before', 'after'),
  blind: fc.constantFrom(false, false, false, true),
  yes: fc.constantFrom(true, true, true, false),
  cancelled: fc.constantFrom(...Array.from({ length: 30 }, () => false), true),
});

interface Rise {
  readonly at: number;
  readonly from: number;
  readonly to: number;
  readonly open: boolean;
  readonly rolledBack: boolean;
  readonly held: number;
}

/** Drives a rollout through the weather, as a driver does, over a target that obeys. */
function live(given: Rules, initial: number, weathers: readonly Weather[]) {
  let state = begun(given, initial, 0);
  let traffic = at(initial);
  let reached = 0;
  let rolledBack = false;
  let answers: Observation['answers'] = {};
  const rises: Rise[] = [];
  const share = () => (traffic.stable === '2' ? 100 : (traffic.canary?.weight ?? 0));
  const move = (to: Split, now: number, isOpen: boolean) => {
    const from = share();
    traffic = to;
    if (share() > from)
      rises.push({ at: now, from, to: share(), open: isOpen, rolledBack, held: now - reached });
    if (share() !== from) reached = now;
  };
  for (let turn = 0; turn < 600; turn++) {
    const now = turn * minute;
    const sky = weathers[turn % weathers.length];
    if (!sky) break;
    rolledBack ||= sky.verdict === 'rollback' && !sky.blind && state.step >= 0;
    const seen: Observation = sky.blind
      ? { blind: 'Throttled.' }
      : {
          traffic,
          ...(sky.verdict && state.step >= 0 ? { verdict: sky.verdict } : {}),
          window: sky.window ? open : closed,
          ...(sky.cancelled ? { cancelled: 'Cancelled.' } : {}),
          answers,
        };
    const decision = next(state, seen, now);
    state = JSON.parse(JSON.stringify(decision.state));
    answers = {};
    const { order } = decision;
    if (order.kind === 'end') return { state, outcome: order.outcome, share: share(), rises, minutes: turn };
    if (sky.dies === 'before') continue;
    for (let times = sky.dies === 'after' ? 2 : 1; times > 0; times--) {
      if (order.kind === 'weigh') move(at(order.weight), now, sky.window);
      if (order.kind === 'complete') move({ stable: '2' }, now, sky.window);
      if (order.kind === 'undo') move(at(0), now, sky.window);
    }
    if (order.kind === 'ask' && sky.dies === 'no')
      answers = { [order.hook]: { yes: sky.yes, why: 'because' } };
  }
  return undefined;
}

describe('always', () => {
  const lives = fc.record({
    given: anyRules,
    initial: fc.constantFrom(0, 0, 10, 33),
    weathers: fc.array(weather, { minLength: 1, maxLength: 60 }),
  });

  test('it is total, and what it gives can be written and read', () => {
    fc.assert(
      fc.property(anyState, anyObservation, fc.integer({ min: 0, max: 300 }), (state, seen, minutes) => {
        const decision = next(state, seen, minutes * minute);
        expect(readState(JSON.parse(JSON.stringify(decision.state)))).toEqual(decision.state);
        if (decision.order.kind === 'wait')
          expect(decision.order.until).toBeGreaterThanOrEqual(minutes * minute);
        if (decision.order.kind === 'weigh')
          expect(heldSteps(state.rules).map(({ weight }) => weight)).toContain(decision.order.weight);
      }),
      { numRuns: 1_000 },
    );
  });

  test('the same inputs give the same state, and the inputs are left as they were', () => {
    fc.assert(
      fc.property(anyState, anyObservation, fc.integer({ min: 0, max: 300 }), (state, seen, minutes) => {
        const before = JSON.stringify(state);
        expect(next(state, seen, minutes * minute)).toEqual(next(state, seen, minutes * minute));
        expect(JSON.stringify(state)).toBe(before);
      }),
    );
  });

  test('an order is given again, alike, to whoever looks at the same world', () => {
    fc.assert(
      fc.property(anyState, anyObservation, fc.integer({ min: 0, max: 300 }), (state, seen, minutes) => {
        fc.pre(seen.blind === undefined && seen.traffic !== undefined);
        const first = next(state, seen, minutes * minute);
        expect(next(first.state, seen, minutes * minute).order).toEqual(first.order);
      }),
      { numRuns: 500 },
    );
  });

  test('it ends on 0 or 100, whoever dies when', () => {
    fc.assert(
      fc.property(lives, ({ given, initial, weathers }) => {
        const alive = weathers.some(({ dies }) => dies !== 'before') && weathers.some(({ blind }) => !blind);
        fc.pre(alive && weathers.some(({ dies, blind }) => dies !== 'before' && !blind));
        const ended = live(given, initial, weathers);
        expect(ended).toBeDefined();
        expect([0, 100]).toContain(ended?.share);
        expect(ended?.outcome === 'completed').toBe(ended?.share === 100);
      }),
      { numRuns: 500 },
    );
  });

  test('nothing rises after a rollback verdict, nor outside of a window, nor before its bake is over', () => {
    fc.assert(
      fc.property(lives, ({ given, initial, weathers }) => {
        for (const rise of live(given, initial, weathers)?.rises ?? []) {
          expect(rise.rolledBack).toBe(false);
          const first = rise.from === initial && rise.to === (heldSteps(given)[0]?.weight ?? 100);
          if (given.onClose !== 'finish' || first) expect(rise.open).toBe(true);
          const baked = heldSteps(given).find(({ weight }) => weight === rise.from)?.bake ?? 0;
          if (!given.early && !first) expect(rise.held).toBeGreaterThanOrEqual(baked);
        }
      }),
      { numRuns: 500 },
    );
  });
});
