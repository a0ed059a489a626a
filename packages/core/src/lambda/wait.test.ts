import { expect, test } from '@jest/globals';
import { OutsideError } from '../errors/index.ts';
import { until } from './wait.ts';

function world(timeout = 60_000, signal?: AbortSignal) {
  let now = 0;
  const lines: string[] = [];
  const clock = {
    now: () => now,
    async sleep(milliseconds: number) {
      signal?.throwIfAborted();
      now += milliseconds;
    },
  };
  const log = { info: (line: string) => lines.push(line) };
  const patience = { clock, log, timeout, ...(signal ? { signal } : {}) };
  const late = () => ({ what: 'it was not ready', remedy: 'wait longer' });
  return { lines, patience, now: () => now, late };
}

/** Ready at the nth look. */
function readyAt(n: number) {
  let looks = 0;
  return async () => (++looks >= n ? looks : undefined);
}

test('answers at once, in silence, with what is there at once', async () => {
  const { lines, patience, now, late } = world();
  expect(await until(readyAt(1), patience, () => 'Waiting', late)).toBe(1);
  expect([lines, now()]).toEqual([[], 0]);
});

test('looks quickly at first, then every five seconds, and tells only what takes longer than two', async () => {
  const { lines, patience, now, late } = world();
  await until(readyAt(7), patience, () => 'Waiting for it', late);
  expect(now()).toBe(500 + 1_000 + 2_000 + 4_000 + 5_000 + 5_000);
  expect(lines).toEqual(['Waiting for it (4s)', 'Waiting for it (8s)', 'Waiting for it (13s)']);
});

test('ends at the timeout, with a last look, never later', async () => {
  const { patience, now, late } = world(12_000);
  let looks = 0;
  const never = async () => {
    looks++;
    return undefined;
  };
  await expect(until(never, patience, () => 'Waiting', late)).rejects.toThrow(
    'it was not ready within 12s. wait longer.',
  );
  expect([now(), looks]).toEqual([12_000, 6]);
});

test('a cancelled run is told as such, not as a bug', async () => {
  const controller = new AbortController();
  const { patience, late } = world(60_000, controller.signal);
  const look = async () => {
    controller.abort(new Error('the run was cancelled'));
    return undefined;
  };
  const waiting = until(look, patience, () => 'Waiting for it', late);
  await expect(waiting).rejects.toThrow(OutsideError);
  await expect(waiting).rejects.toThrow(/the run was cancelled while waiting for it/);
});
