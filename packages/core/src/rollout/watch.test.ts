import { expect, test } from '@jest/globals';
import type { MetricSource, Point, SeriesQuery } from '../metrics/index.ts';
import { begun, type RolloutState } from './state.ts';
import { lookAt, type Watch } from './watch.ts';

const minute = 60_000;
const watch: Watch = {
  functionName: 'orders',
  alias: 'live',
  subject: {},
  judge: 'sequential',
  limits: { minInvocations: 100, maxThrottles: 10, maxErrorRate: 1, minSuccessRate: 99, maxP95: 500 },
  warmup: 0,
  lag: 2 * minute,
  alarms: [],
  watched: [],
};

/** At 10% for five minutes and then alone for ten; what fails of every version, from the minute it is alone on. */
async function lookAfterLastRise(
  after: number,
  failing: { readonly stable: number; readonly alone: number },
) {
  const state: RolloutState = {
    ...begun(
      {
        plan: [
          { weight: 10, bake: 5 * minute },
          { weight: 100, bake: 10 * minute },
        ],
        early: false,
        stable: '1',
        canary: '2',
        onHold: 'fail',
        maxHold: 0,
        onClose: 'finish',
        hooks: { before: false, after: false },
        deadline: 100 * minute,
        pause: 30_000,
      },
      0,
      0,
    ),
    step: 1,
    ordered: 1,
    since: 8 * minute,
    history: [
      { at: 0, weight: 0 },
      { at: 0, weight: 10 },
      { at: 8 * minute, weight: 100 },
    ],
  };
  const counted = (query: SeriesQuery, at: number): number => {
    if (!('name' in query)) return 0;
    const { dimensions, name } = query;
    const alone = at >= 8 * minute;
    const canary = dimensions.ExecutedVersion === '2';
    const invocations = canary ? (alone ? 1_000 : 100) : alone ? 0 : 900;
    const rate = alone ? failing.alone : failing.stable;
    if (name === 'Invocations') return invocations;
    return name === 'Errors' ? Math.round(invocations * rate) : name === 'Duration' ? 100 : 0;
  };
  const metrics: MetricSource = {
    async series(queries, from, to) {
      const points = (query: SeriesQuery): Point[] =>
        Array.from({ length: (to - from) / minute }, (_, index) => from + index * minute)
          .map((at) => ({ at, value: counted(query, at) }))
          .filter(({ value }) => value > 0);
      return new Map(queries.map((query) => [query.id, points(query)]));
    },
  };
  const clock = { now: () => (8 + after) * minute, sleep: async () => {} };
  const alarms = { byPrefix: async () => [], byName: async () => [] };
  const invoker = { invoke: async () => ({ status: 200, executedVersion: '2', payload: '' }) };
  return lookAt(state, watch, { looks: 1, ringing: [] }, { clock, metrics, alarms, invoker });
}

test('a version that breaks only when it has all requests is rolled back while its last bake lasts', async () => {
  const { look, report } = await lookAfterLastRise(3, { stable: 0.001, alone: 0.3 });
  expect(look.judgement.verdict).toBe('rollback');
  expect(look.judgement.reasons[1]).toMatch(/^If the canary were no worse and kept its objectives, /);
  expect(report.minutes.filter(({ alone }) => alone).map(({ at }) => at / minute)).toEqual([8]);
});

test('one that goes on as before, or as the stable version did, is not', async () => {
  const sound = await lookAfterLastRise(12, { stable: 0.001, alone: 0.001 });
  expect(sound.look.judgement.verdict).toBe('promote');
  const usual = await lookAfterLastRise(11, { stable: 0.03, alone: 0.03 });
  expect(usual.look.judgement.verdict).toBe('continue');
});
