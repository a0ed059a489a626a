import { getEventListeners } from 'node:events';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { VirtualClock } from './virtual-clock.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const turns = async (count = 4): Promise<void> => {
  for (let each = 0; each < count; each++) await turn();
};

test('time stands still unless moved', async () => {
  const clock = new VirtualClock({ start: 1000 });
  await turns();
  expect(clock.now()).toBe(1000);
  await clock.advance(500);
  expect(clock.now()).toBe(1500);
});

test('nothing moves while a holder is busy; then whoever is first wakes first, and time goes no farther meanwhile', async () => {
  const clock = new VirtualClock({ start: 0 });
  clock.hold('a');
  clock.hold('b');
  const woken: string[] = [];
  void clock.wait('a', 300).then((now) => woken.push(`a ${now}`));
  await turns();
  expect(clock.now()).toBe(0);
  void clock.wait('b', 100).then((now) => woken.push(`b ${now}`));
  await turns();
  expect(woken).toEqual(['b 100']);
  expect(clock.now()).toBe(100);
  expect(clock.holders()).toEqual([{ id: 'a', until: 300 }, { id: 'b' }]);
  clock.release('b');
  await turns();
  expect(woken).toEqual(['b 100', 'a 300']);
});

test('a wait that was given up before it was heard of is none: its holder is busy', async () => {
  const clock = new VirtualClock({ start: 0 });
  clock.hold('a');
  clock.hold('b');
  void clock.wait('b', 100);
  const given = new Error('given up');
  await expect(clock.wait('a', 50, AbortSignal.abort(given))).rejects.toBe(given);
  await turns();
  expect(clock.now()).toBe(0);
});

test('an advance waits its turn among the holders', async () => {
  const clock = new VirtualClock({ start: 0 });
  clock.hold('a');
  let advanced = false;
  const advance = clock.advance(100).then(() => {
    advanced = true;
  });
  await turns();
  expect(advanced).toBe(false);
  await clock.wait('a', 60);
  expect([clock.now(), advanced]).toEqual([60, false]);
  clock.release('a');
  await advance;
  expect(clock.now()).toBe(100);
});

test('whoever wakes may hold before time goes on', async () => {
  const clock = new VirtualClock({ start: 0 });
  clock.hold('later');
  void clock.wait('later', 1000);
  await clock.advance(10);
  clock.hold('next');
  await turns();
  expect(clock.now()).toBe(10);
});

test('a wait that is given up leaves its holder busy', async () => {
  const clock = new VirtualClock({ start: 0 });
  clock.hold('a');
  clock.hold('b');
  const control = new AbortController();
  const wait = clock.wait('a', 100, control.signal);
  control.abort(new Error('gone'));
  await expect(wait).rejects.toThrow('gone');
  void clock.wait('b', 50);
  await turns();
  expect(clock.now()).toBe(0);
});

test('a wait that is over asks nothing more of its signal', async () => {
  const clock = new VirtualClock({ start: 0 });
  clock.hold('a');
  const { signal } = new AbortController();
  const wait = clock.wait('a', 100, signal);
  expect(getEventListeners(signal, 'abort')).toHaveLength(1);
  expect(await wait).toBe(100);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

test('a delayed call moves time under its own holder, and under no other', async () => {
  const clock = new VirtualClock({ start: 0 });
  clock.hold('caller');
  await clock.delay(30);
  expect(clock.now()).toBe(30);
  clock.hold('other');
  let done = false;
  void clock.delay(30).then(() => {
    done = true;
  });
  await turns();
  expect([clock.now(), done]).toEqual([30, false]);
  void clock.wait('other', 1000);
  await turns();
  expect([clock.now(), done]).toEqual([60, true]);
});

test('flowing time goes on by itself, and still jumps', async () => {
  const clock = new VirtualClock({ start: 0, flow: true });
  clock.hold('busy');
  const before = clock.now();
  await clock.wait('sleeper', before + 20);
  expect(clock.now()).toBeGreaterThanOrEqual(before + 20);
  clock.release('busy');
  const began = performance.now();
  await clock.advance(3_600_000);
  expect(clock.now()).toBeGreaterThanOrEqual(3_600_000);
  expect(performance.now() - began).toBeLessThan(60_000);
  clock.close();
});

test('sleepers wake at their own moments, in order, whatever they are', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(fc.nat(1000), { maxLength: 5 }), { minLength: 1, maxLength: 6 }),
      async (plans) => {
        const clock = new VirtualClock({ start: 0 });
        const woken: number[] = [];
        await Promise.all(
          plans.map(async (sleeps, index) => {
            const id = String(index);
            clock.hold(id);
            let expected = 0;
            for (const sleep of sleeps) {
              expected += sleep;
              expect(await clock.wait(id, clock.now() + sleep)).toBe(expected);
              woken.push(expected);
            }
            clock.release(id);
          }),
        );
        expect(woken).toEqual([...woken].sort((a, b) => a - b));
        const longest = Math.max(...plans.map((sleeps) => sleeps.reduce((sum, sleep) => sum + sleep, 0)));
        expect(clock.now()).toBe(longest);
      },
    ),
    { numRuns: 50 },
  );
});
