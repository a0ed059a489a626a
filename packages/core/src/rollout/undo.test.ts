import { expect, test } from '@jest/globals';
import type { Alias } from '../lambda/index.ts';
import { planUndo, type ShiftIntent } from './undo.ts';

function alias(stableVersion: string, canary?: { version: string; weight: number }): Alias {
  const base = { functionName: 'orders', name: 'live', stableVersion, description: '', revisionId: '1' };
  return canary ? { ...base, canary } : base;
}

const shifted: ShiftIntent = {
  functionName: 'orders',
  alias: 'live',
  stable: '3',
  version: '4',
  completes: false,
};
const completed: ShiftIntent = { ...shifted, completes: true };
const back = { kind: 'change', change: { stableVersion: '3' } };

test.each<[string, Alias, ShiftIntent]>([
  ['its own canary, at the weight it set', alias('3', { version: '4', weight: 10 }), shifted],
  ['its own canary, at a later weight', alias('3', { version: '4', weight: 50 }), shifted],
  ['its own completion', alias('4'), completed],
  [
    'its own completion while Lambda still moves provisioned concurrency',
    alias('4', { version: '3', weight: 100 }),
    completed,
  ],
  [
    'its own canary where completing it did not come to pass',
    alias('3', { version: '4', weight: 50 }),
    completed,
  ],
])('takes back %s', (_, given, intent) => {
  expect(planUndo(given, intent)).toEqual(back);
});

test.each<[string, Alias, ShiftIntent]>([
  ['an alias that was restored already', alias('3'), shifted],
  ['a newer canary on the same stable version', alias('3', { version: '5', weight: 10 }), shifted],
  ['a completion that another step made and keeps', alias('4'), shifted],
  ['a newer canary on its completion', alias('4', { version: '5', weight: 10 }), completed],
  ['a later release', alias('5'), completed],
])('leaves alone %s', (_, given, intent) => {
  expect(planUndo(given, intent).kind).toBe('nothing');
});
