import { describe, expect, test } from '@jest/globals';
import { OutsideError } from '../errors/index.ts';
import { makeWorld, minute, shares } from './fixture/world.ts';

describe.each(['before', 'after'] as const)('asleep for longer than its lease %s any call', (when) => {
  test('a job that another run has ended meanwhile changes nothing', async () => {
    let overtaken = 0;
    for (let nth = 0; ; nth++) {
      const world = makeWorld('sound');
      let ended: unknown[] | undefined;
      const settled = async () => [world.status(), await world.reads(), world.aliases.writes.length];
      const { slept, error } = await world.maySleep(
        nth,
        () => world.start('job', when),
        async () => {
          world.pass(6 * minute);
          const [met] = await world.advance('second', when);
          if (met?.became === 'undone' || met?.became === 'refused') ended = await settled();
        },
      );
      if (ended) overtaken += 1;
      if (ended)
        expect([nth, await settled(), `${error}`]).toEqual([
          nth,
          ended,
          expect.stringContaining('driven by another run'),
        ]);
      expect([nth, await world.reads()]).toEqual([nth, ended ? '1' : '2']);
      if (!slept) break;
    }
    expect(overtaken).toBeGreaterThan(0);
  });

  test('one that advances takes no step that another has taken, and none of what another has undone', async () => {
    let met = 0;
    for (const undo of [[], ['orders']])
      for (let nth = 0; nth < 14; nth++) {
        const world = makeWorld('sound');
        let undone = false;
        await world.start('schedule', when);
        for (let calls = 0; calls < 12; calls++) {
          world.pass(6 * minute);
          await world.maySleep(
            calls % 2 === 0 ? nth : Number.POSITIVE_INFINITY,
            () => world.advance(`run ${calls}`, when),
            async () => {
              world.pass(6 * minute);
              if (undo.length > 0 && (await world.reads()) !== '2') undone = true;
              await world.advance(`meanwhile ${calls}`, when, 'undo', undo);
            },
          );
        }
        const all = shares(world.aliases.writes);
        const whole = [10, 50, 100, 100];
        const end = undone ? [...whole.slice(0, all.length - 1), 0] : whole;
        expect([nth, all]).toEqual([nth, end]);
        expect([nth, await world.reads()]).toEqual([nth, undone ? '1' : '2']);
        expect(world.status()).toBe(undone ? 'undone' : 'completed');
        met += undone ? 1 : 0;
      }
    expect(met).toBeGreaterThan(0);
  });
});

describe('a table that does not answer when it is asked', () => {
  test.each([
    ['keeps a canary from rising', 0, []],
    ['does not keep it from being taken out', 1, ['update live 1+2@10', 'update live 1']],
  ])('%s', async (_, answered, writes) => {
    const world = makeWorld('broken');
    const { find } = world.store;
    let asked = -1;
    world.store.find = async (id) => {
      if (asked++ >= answered)
        throw new OutsideError({ what: 'the table does not answer', remedy: 'Try again' });
      return find(id);
    };
    const answer = await world.start('job', 'before');
    expect(answer).toMatchObject({ outcome: writes.length === 0 ? 'refused' : 'undone' });
    expect(world.aliases.writes).toEqual(writes);
  });

  test.each(['job', 'schedule'] as const)(
    'at one rise of a %s, or two in a row: a sound canary rises once it does',
    async (driver) => {
      for (const missed of [1, 2])
        for (const rise of [0, 1, 2, 3]) {
          const { world, told } = await unanswered(driver, (asked) => asked >= rise && asked < rise + missed);
          const overtaken = driver === 'schedule' && rise === 0 ? [0, 0].slice(0, missed) : [];
          expect([rise, missed, told, shares(world.aliases.writes)]).toEqual([
            rise,
            missed,
            missed,
            [...overtaken, 10, 50, 100, 100],
          ]);
          expect([await world.reads(), world.status()]).toEqual(['2', 'completed']);
        }
    },
  );

  test.each(['job', 'schedule'] as const)(
    'from one rise of a %s on: the canary is taken out where it was',
    async (driver) => {
      for (const rise of [1, 2, 3]) {
        const { world, told } = await unanswered(driver, (asked) => asked >= rise);
        expect([told, shares(world.aliases.writes)]).toEqual([4, [...[10, 50, 100].slice(0, rise), 0]]);
        expect([await world.reads(), world.status()]).toEqual(['1', 'undone']);
      }
    },
  );

  /** A rollout of a sound canary, to its end, whose table leaves the question before some writes without an answer. */
  async function unanswered(driver: 'job' | 'schedule', silent: (asked: number) => boolean) {
    const world = makeWorld('sound');
    const { find } = world.store;
    let driving = false;
    let asked = -1;
    let told = 0;
    world.store.find = async (id) => {
      if (driving && silent(++asked)) {
        told += 1;
        throw new OutsideError({ what: 'the table does not answer', remedy: 'Try again' });
      }
      driving = true;
      return find(id);
    };
    await world.start(driver, 'before');
    for (let calls = 0; calls < 12; calls++) {
      world.pass(6 * minute);
      driving = false;
      await world.advance('schedule', 'before');
    }
    return { world, told };
  }
});
