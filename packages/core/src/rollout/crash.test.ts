import { describe, expect, test } from '@jest/globals';
import { type FunctionVersion, type MemoryAliasStore, memoryAliasStore } from '../lambda/index.ts';
import type { Point } from '../metrics/index.ts';
import { advanceRollouts } from './advance.ts';
import { memoryRolloutStore } from './memory.ts';
import type { RolloutOrder, RolloutPorts } from './order.ts';
import { parsePlan } from './rollout-plan.ts';
import { rollOut } from './start.ts';
import { rolloutId } from './store.ts';

const minute = 60_000;
const begin = Date.parse('2026-03-03T20:05:20Z');

/** The process is gone: nothing after this runs, whatever it would have caught. */
class Killed extends Error {}

/** A function `orders` with versions 1 and 2 behind `live`, and a metric source in which version 2 is sound or not. */
function makeWorld(canary: 'sound' | 'broken') {
  let now = begin;
  let left = Number.POSITIVE_INFINITY;
  let calls = 0;
  const aliases: MemoryAliasStore = memoryAliasStore({ orders: { live: '1' } });
  const store = memoryRolloutStore();
  const mortal =
    <A extends unknown[], T>(work: (...args: A) => Promise<T>, when: 'before' | 'after') =>
    async (...args: A): Promise<T> => {
      if (left < 0) throw new Killed();
      calls += 1;
      left -= 1;
      if (left < 0 && when === 'before') throw new Killed();
      const result = await work(...args);
      if (left < 0) throw new Killed();
      return result;
    };
  const version = (name: string): FunctionVersion => ({
    functionName: 'orders',
    version: name,
    codeSha256: name,
    codeSize: 1,
    description: '',
    role: 'role',
    state: 'Active',
    lastUpdateStatus: 'Successful',
    lastModified: 0,
    packageType: 'Zip',
    timeout: 10_000,
    revisionId: 'r',
  });
  const clock = {
    now: () => now,
    sleep: async (milliseconds: number) => {
      if (left < 0) throw new Killed();
      now += milliseconds;
    },
  };

  function ports(when: 'before' | 'after'): RolloutPorts & { store: NonNullable<RolloutPorts['store']> } {
    return {
      clock,
      aliases: { find: mortal(aliases.find, when), update: mortal(aliases.update, when) },
      functions: {
        describe: async (_, qualifier = '') => version(qualifier),
        hasProvisionedConcurrency: async () => false,
      },
      invoker: { invoke: async () => ({ status: 200, executedVersion: '1', payload: '"yes"' }) },
      http: { get: async () => ({ kind: 'none', why: 'nobody' }) },
      alarms: { byName: async () => [], byPrefix: async () => [] },
      metrics: {
        series: mortal(async (queries, from, to) => {
          const series = queries.map((query): [string, Point[]] => {
            if ('expression' in query) return [query.id, []];
            const ofCanary = query.dimensions.ExecutedVersion === '2';
            const errors = ofCanary && canary === 'broken' ? 60 : 1;
            const value = { Invocations: 300, Errors: errors, Throttles: 0 }[query.name] ?? 99;
            const points: Point[] = [];
            for (let at = from; at < to; at += minute) points.push({ at, value });
            return [query.id, points];
          });
          return new Map(series);
        }, when),
      },
      store: {
        place: store.place,
        find: mortal(store.find, when),
        write: mortal(store.write, when),
        running: store.running,
        enlist: mortal(store.enlist, when),
        delist: mortal(store.delist, when),
      },
    };
  }

  const patience = { clock, log: { info: () => {}, warning: () => {} }, timeout: 2 * minute };
  const order = (driver: 'job' | 'schedule'): RolloutOrder => ({
    rules: {
      plan: parsePlan('10:2m, 50:2m, 100'),
      early: false,
      canary: '2',
      onHold: 'extend',
      maxHold: 10 * minute,
      onClose: 'rollback',
      hooks: { before: true, after: true },
      pause: 30_000,
    },
    watch: {
      functionName: 'orders',
      alias: 'live',
      subject: { environment: 'prod' },
      judge: 'sequential',
      limits: { minInvocations: 100, maxThrottles: 10, maxErrorRate: 1, minSuccessRate: 99, maxP95: 500 },
      warmup: minute,
      alarms: [],
      watched: [],
    },
    hooks: { before: 'ask', after: 'ask' },
    timeLimit: 300 * minute,
    driver,
    dryRun: false,
    holder: { owner: 'first', lease: 5 * minute },
    run: 'https://example.com/first',
    onIntent: () => {},
  });

  /** Runs a process that dies at its nth call; answers whether it lived. */
  async function mayDie(nth: number, work: () => Promise<unknown>): Promise<boolean> {
    left = nth;
    try {
      await work();
      return left >= 0;
    } catch (error) {
      if (left >= 0) throw error;
      return false;
    } finally {
      left = Number.POSITIVE_INFINITY;
    }
  }

  const advance = (owner: string, when: 'before' | 'after', whenJobDied: 'undo' | 'finish' = 'undo') =>
    advanceRollouts(
      { holder: { owner, lease: 5 * minute }, undo: [], whenJobDied, dryRun: false },
      ports(when),
      patience,
    );

  return {
    store,
    aliases,
    calls: () => calls,
    start: (driver: 'job' | 'schedule', when: 'before' | 'after') =>
      rollOut(order(driver), ports(when), patience),
    mayDie,
    advance,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
    status: () =>
      store.items.get(rolloutId({ environment: 'prod', functionName: 'orders', alias: 'live' }))?.status,
    reads: async () => {
      const alias = await aliases.find('orders', 'live');
      return alias?.canary ? `${alias.stableVersion}+${alias.canary.weight}` : alias?.stableVersion;
    },
  };
}

/** Every share that the canary was given, in order. */
const shares = (writes: readonly string[]) =>
  writes.map((write) =>
    write.includes('@') ? Number(write.split('@')[1]) : write === 'update live 2' ? 100 : 0,
  );

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
