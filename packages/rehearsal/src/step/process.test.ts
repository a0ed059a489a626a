import { afterAll, describe, expect, test } from '@jest/globals';
import { createTime, type Time } from '../time/index.ts';
import { type Patience, type ProcessEnd, runProcess, sendSignal } from './process.ts';

/** A clock on which nobody but the engine waits: whatever is waited for comes at once, when nobody is busy. */
function createClock() {
  const holders = new Set<string>();
  const waits: { id: string; until: number; wake: (now: number) => void }[] = [];
  let now = 0;
  const move = () =>
    setImmediate(() => {
      const busy = [...holders].some((id) => !waits.some((wait) => wait.id === id));
      const [next] = waits.sort((left, right) => left.until - right.until);
      if (busy || !next) return;
      now = Math.max(now, next.until);
      waits.shift();
      next.wake(now);
    });
  return {
    now: () => now,
    hold: (id: string) => void holders.add(id),
    release: (id: string) => {
      holders.delete(id);
      move();
    },
    wait: (id: string, until: number, signal?: AbortSignal) =>
      new Promise<number>((wake, reject) => {
        const wait = { id, until, wake };
        waits.push(wait);
        signal?.addEventListener('abort', () => {
          waits.splice(waits.indexOf(wait), 1);
          reject(new Error('given up'));
        });
        move();
      }),
  };
}

const groups: number[] = [];
afterAll(() => {
  for (const group of groups) sendSignal(-group, 'SIGKILL');
});

function runScript(
  script: string,
  more: { stop?: AbortSignal; patience?: Partial<Patience> } = {},
): Promise<{ end: ProcessEnd; lines: string[] }> {
  const time: Time = createTime(createClock());
  const lines: string[] = [];
  return time.working(async () => {
    const end = await runProcess({
      command: 'bash',
      arguments: ['-c', script],
      folder: process.cwd(),
      environment: { PATH: process.env.PATH ?? '' },
      time,
      stop: new AbortController().signal,
      line: (text) => lines.push(text),
      started: (group) => groups.push(group),
      ...more,
    });
    return { end, lines };
  });
}

describe('a process', () => {
  test('gives its lines of both streams and its code', async () => {
    const { end, lines } = await runScript('echo one; echo two >&2; printf three; exit 7');
    expect(end).toEqual({ code: 7 });
    expect(lines.toSorted()).toEqual(['one', 'three', 'two']);
  });

  test('does not wait for a child that keeps its output open', async () => {
    const { end, lines } = await runScript('sleep 30 & echo done');
    expect({ end, lines }).toEqual({ end: { code: 0 }, lines: ['done'] });
  });

  test('that cannot be started is an error', async () => {
    const time = createTime(createClock());
    const order = { command: '/nowhere/at-all', arguments: [], folder: '/', environment: {}, time };
    const calm = new AbortController().signal;
    await expect(
      time.working(() =>
        runProcess({ ...order, stop: calm, line: () => undefined, started: () => undefined }),
      ),
    ).rejects.toThrow(/ENOENT/);
  });

  test('is told to end by SIGINT first, and may end in its own way', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort('cancelled'), 200);
    const { end, lines } = await runScript("trap 'echo tidy; exit 5' INT; while :; do sleep 0.05; done", {
      stop: stop.signal,
    });
    expect({ end, lines }).toEqual({ end: { code: 5, stopped: 'cancelled' }, lines: ['tidy'] });
  });

  test('that does not listen is killed after SIGTERM', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort('timed out'), 100);
    const { end, lines } = await runScript(
      "trap 'echo INT' INT; trap 'echo TERM' TERM; while :; do sleep 0.05; done",
      {
        stop: stop.signal,
        patience: { interrupted: 600, terminated: 300, reaction: 200 },
      },
    );
    expect({ end, lines }).toEqual({
      end: { signal: 'SIGKILL', stopped: 'timed out' },
      lines: ['INT', 'TERM'],
    });
  });

  test('whose runner dies is killed at once', async () => {
    const stop = new AbortController();
    setTimeout(() => stop.abort('killed'), 100);
    const { end, lines } = await runScript("trap 'echo tidy' INT TERM; sleep 30", { stop: stop.signal });
    expect({ end, lines }).toEqual({ end: { signal: 'SIGKILL', stopped: 'killed' }, lines: [] });
  });

  test('that does nothing at all for too long is stopped; one that speaks is not', async () => {
    const silent = await runScript('exec tail -f /dev/null', { patience: { silence: 400 } });
    expect(silent.end).toMatchObject({ stopped: 'stuck' });
    const talking = await runScript('for i in 1 2 3 4; do sleep 0.2; echo $i; done', {
      patience: { silence: 500 },
    });
    expect(talking.end).toEqual({ code: 0 });
  });
});
