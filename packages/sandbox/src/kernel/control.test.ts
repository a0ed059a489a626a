import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { VirtualClock } from '../clock/index.ts';
import { createControl } from './control.ts';
import { Faults } from './faults.ts';
import { Journal } from './journal.ts';

let clock: VirtualClock;
beforeEach(() => {
  clock = new VirtualClock({ start: 0 });
});
afterEach(() => clock.close());

/** Asks as a process that dies at once: its connection is gone before its request is looked at. */
function askAndDie(path: string, body: unknown): Promise<boolean> {
  const control = createControl({
    clock,
    journal: new Journal(),
    faults: new Faults(
      () => 0,
      () => [],
    ),
    load: () => Promise.resolve(),
  });
  const request = {
    method: 'POST',
    url: new URL(path, 'http://sandbox'),
    body: Buffer.from(JSON.stringify(body)),
    gone: AbortSignal.abort(new Error('The caller is gone.')),
  };
  return control(request, new ServerResponse(new IncomingMessage(new Socket())));
}

test('a process that died before its hold was heard of holds nothing', async () => {
  await askAndDie('/_sandbox/clock/hold', { id: 'dead', attached: true });
  expect(clock.holders()).toEqual([]);
});

test('a process that died before its wait was heard of is busy until it is let go: time does not pass for it', async () => {
  clock.hold('dead');
  await askAndDie('/_sandbox/clock/wait', { id: 'dead', until: 5000 });
  expect(clock.holders()).toEqual([{ id: 'dead' }]);
  await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  expect(clock.now()).toBe(0);
});
