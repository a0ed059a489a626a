import { describe, expect, test } from '@jest/globals';
import { OutsideError } from '../errors/index.ts';
import { makeWorld, minute, shares } from './fixture/world.ts';

describe.each(['before', 'after'] as const)('killed %s any call', (when) => {
  test('a job ends whole: whoever advances rollouts undoes it, or finds it ended', async () => {
    for (let nth = 0; ; nth++) {
      const world = makeWorld('sound');
      const lived = await world.mayDie(nth, () => world.start('job', when));
      world.pass(6 * minute);
      await world.advance('second', when);
      expect([nth, await world.reads()]).toEqual([nth, expect.stringMatching(/^[12]$/)]);
      expect([undefined, 'undone', 'refused', 'completed']).toContain(world.status());
      if (world.status() !== undefined) expect([nth, await world.store.running()]).toEqual([nth, []]);
      if (!lived) continue;
      expect(await world.reads()).toBe('2');
      break;
    }
  });

  test('a job that is to be finished ends on the new version, by whoever advances rollouts', async () => {
    for (let nth = 1; ; nth += 13) {
      const world = makeWorld('sound');
      const lived = await world.mayDie(nth, () => world.start('job', when));
      const begun = world.status() !== undefined;
      for (let calls = 0; calls < 8 && world.status() === 'running'; calls++) {
        world.pass(6 * minute);
        await world.advance('second', when, 'finish');
      }
      expect([nth, await world.reads()]).toEqual([nth, begun ? '2' : '1']);
      expect([undefined, 'completed']).toContain(world.status());
      if (lived) break;
    }
  });

  test.each(['sound', 'broken'] as const)(
    'a schedule of a %s version goes on as if nobody had died',
    async (canary) => {
      const plain = makeWorld(canary);
      await plain.start('schedule', when);
      for (let calls = 0; calls < 20; calls++) {
        plain.pass(6 * minute);
        await plain.advance('second', when);
      }
      const expected =
        canary === 'sound' ? { share: [10, 50, 100, 100], reads: '2' } : { share: [10, 0], reads: '1' };
      expect(shares(plain.aliases.writes)).toEqual(expected.share);

      for (let nth = 0; nth < 14; nth++) {
        const world = makeWorld(canary);
        await world.start('schedule', when);
        for (let calls = 0; calls < 24; calls++) {
          world.pass(6 * minute);
          await world.mayDie(calls % 2 === 0 ? nth : Number.POSITIVE_INFINITY, () =>
            world.advance(`run ${calls}`, when),
          );
        }
        expect([nth, await world.reads()]).toEqual([nth, expected.reads]);
        expect([nth, shares(world.aliases.writes)]).toEqual([nth, expected.share]);
        expect(world.status()).toBe(canary === 'sound' ? 'completed' : 'undone');
      }
    },
  );
});

test('two that advance at once do not both drive', async () => {
  const world = makeWorld('sound');
  await world.start('schedule', 'before');
  world.pass(6 * minute);
  const [one, two] = await Promise.all([world.advance('one', 'before'), world.advance('two', 'before')]);
  expect([one?.[0]?.became, two?.[0]?.became].sort()).toEqual(['advanced', 'busy']);
  expect(shares(world.aliases.writes)).toEqual([10, 50]);
});

test('an answer that was lost after the write is no lost lease', async () => {
  const world = makeWorld('sound');
  const { write } = world.store;
  let lost = 0;
  world.store.write = async (stored, expected) => {
    const outcome = await write(stored, expected);
    // The client sends again, and meets what its first attempt wrote.
    return outcome === 'written' && ++lost % 2 === 0 ? write(stored, expected) : outcome;
  };
  expect(await world.start('job', 'before')).toMatchObject({ outcome: 'completed' });
});

test('a write of which every answer was lost is no lost lease either, whichever it was', async () => {
  for (let nth = 2, writes = nth; writes >= nth; nth++) {
    const world = makeWorld('sound');
    const { write } = world.store;
    writes = 0;
    world.store.write = async (stored, expected) => {
      const outcome = await write(stored, expected);
      if (++writes === nth) throw new OutsideError({ what: 'the table did not answer', remedy: 'Try again' });
      return outcome;
    };
    expect([nth, await world.start('job', 'before')]).toMatchObject([nth, { outcome: 'completed' }]);
  }
});

describe('a job that died at its first weight, and is met after its time limit', () => {
  async function late() {
    const world = makeWorld('sound');
    await world.mayDie(20, () => world.start('job', 'before'));
    expect(await world.reads()).toBe('1+10');
    world.pass(301 * minute);
    return world;
  }

  test.each(['job', 'schedule'] as const)(
    'goes on where it is asked for again, with the driver %s',
    async (driver) => {
      const world = await late();
      const outcome = { job: 'completed', schedule: 'scheduled' }[driver];
      expect(await world.start(driver, 'before')).toMatchObject({ outcome });
      expect(shares(world.aliases.writes)).toEqual(driver === 'job' ? [10, 50, 100, 100] : [10, 50]);
    },
  );

  test('is finished where it is to be finished, and undone where it is not', async () => {
    const world = await late();
    expect(await world.advance('second', 'before', 'finish')).toMatchObject([
      { became: 'advanced', weight: 50 },
    ]);
    const other = await late();
    expect(await other.advance('second', 'before')).toMatchObject([
      { became: 'undone', told: expect.stringContaining('What else it may have brought') },
    ]);
  });
});

test('by schedule, a rollout that is asked for again keeps the limit that it began with', async () => {
  const world = makeWorld('sound');
  await world.start('schedule', 'before');
  world.pass(301 * minute);
  expect(await world.start('schedule', 'before')).toMatchObject({ outcome: 'undone' });
});
