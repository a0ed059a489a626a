import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseRule } from '../window/index.ts';
import type { Rollout } from './drive.ts';
import { next } from './machine.ts';
import { parsePlan } from './rollout-plan.ts';
import { begun } from './state.ts';
import { memberOf, memberParts, readRollout, rolloutId, writeRollout } from './store.ts';

const rollout: Rollout = {
  state: begun(
    {
      plan: parsePlan('10:5m, 100'),
      early: false,
      stable: '1',
      canary: '2',
      onHold: 'extend',
      maxHold: 60_000,
      onClose: 'hold',
      hooks: { before: true, after: false },
      deadline: 9_000_000,
      pause: 30_000,
    },
    0,
    1_000,
  ),
  watch: {
    functionName: 'orders',
    alias: 'live',
    subject: { environment: 'prod' },
    judge: 'sequential',
    limits: { minInvocations: 100, maxThrottles: 10, maxErrorRate: 1, minSuccessRate: 99, maxP95: 500 },
    warmup: 180_000,
    lag: 120_000,
    alarms: ['errors'],
    watched: [
      {
        name: 'orders',
        unit: '',
        source: { namespace: 'Shop', metric: 'Orders', dimensions: {}, statistic: 'Sum' },
        take: 'sum',
        limit: { at: 'least', value: 1 },
        noData: 'hold',
      },
    ],
    healthPayload: '{}',
  },
  hooks: { before: 'check:live' },
  calendar: {
    windows: [parseRule('Tue,Thu 22:00-02:00 Africa/Johannesburg'), parseRule('Sat 06:00-10:00')],
    freezes: [parseRule('2026-12-15..2027-01-05')],
    timeZone: 'Africa/Johannesburg',
  },
  looks: 3,
  ringing: ['old'],
};

describe('a rollout as text', () => {
  test('is read back as it was, at the beginning and on its way', () => {
    const later = next(
      rollout.state,
      { traffic: { stable: '1' }, answers: { before: { yes: true, why: '' } } },
      2_000,
    );
    for (const one of [rollout, { ...rollout, state: later.state }])
      expect(readRollout(writeRollout(one))).toEqual(one);
  });

  test.each([
    ['nothing', ''],
    ['no JSON', '{'],
    ['another thing', '{"a":1}'],
    ['another format', writeRollout(rollout).replace('"format":1', '"format":2')],
    ['a state that is none', writeRollout(rollout).replace('"blind":0', '"blind":"no"')],
    ['a calendar that is none', writeRollout(rollout).replace('"weekly"', '"daily"')],
  ])('%s is refused', (_, json) => {
    expect(readRollout(json)).toBeUndefined();
  });
});

test('keys and members are told apart, whatever the names', () => {
  const name = fc.string({ maxLength: 12 });
  const place = fc.record({ environment: name, service: name, functionName: name, alias: name });
  fc.assert(
    fc.property(place, place, fc.nat(), (one, two, generation) => {
      const id = rolloutId(one);
      expect(id === rolloutId(two)).toBe(JSON.stringify(one) === JSON.stringify(two));
      expect(memberParts(memberOf({ id, generation }))).toEqual({ id, generation });
    }),
  );
  expect(memberParts('anything')).toBeUndefined();
});
