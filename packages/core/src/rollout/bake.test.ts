import { expect, test } from '@jest/globals';
import { OutsideError } from '../errors/index.ts';
import { makeWorld, minute } from './fixture/world.ts';

test('a job keeps its lock while the canary bakes', async () => {
  const world = makeWorld('sound');
  const kept: number[] = [];
  await world.start('job', 'before', { keepAlive: async () => void kept.push(world.now()) });
  const pauses = kept.slice(1).map((at, index) => at - (kept[index] ?? at));
  expect(kept.length).toBeGreaterThan(4);
  expect(Math.max(...pauses)).toBeLessThanOrEqual(2 * minute);
});

test('a lock whose table does not answer while the canary bakes ends no sound rollout', async () => {
  const world = makeWorld('sound');
  const keepAlive = async () => {
    throw new OutsideError({ what: 'the lock could not be read', remedy: 'Run it again' });
  };
  const answer = await world.start('job', 'before', { keepAlive });
  expect(answer.outcome).toBe('completed');
  expect(await world.reads()).toBe('2');
});
