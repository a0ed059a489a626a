import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OutsideError } from '../errors/index.ts';
import { type PromoteOrder, promote, restorePromotion } from './index.ts';
import { Dead, type Memory, memory } from './memory.test.ts';

const sit = {
  '/t/sit/url': 'v2',
  '/t/sit/same': 'same',
  '/t/sit/db/password': 'new secret',
  '/t/sit/db/host': 'db',
  '/t/sit/first': '1',
};
const prod = {
  '/t/prod/url': 'v1',
  '/t/prod/same': 'same',
  '/t/prod/db/password': 'old secret',
  '/t/prod/own': 'x',
};
const promoted = {
  ...prod,
  '/t/prod/url': 'v2',
  '/t/prod/db/password': 'new secret',
  '/t/prod/db/host': 'db',
  '/t/prod/first': '1',
};

let now = Date.parse('2026-03-03T20:05:00Z');
const order = (promotion: string, more: Partial<PromoteOrder> = {}): PromoteOrder => ({
  environment: 'prod',
  service: 'orders',
  promotion,
  runUrl: `https://example.com/runs/${promotion}`,
  actor: 'release-manager',
  sourceEnvironment: 'sit',
  pairs: [{ source: '/t/sit', target: '/t/prod' }],
  selection: {},
  rules: [],
  mayTakeOver: false,
  dryRun: false,
  ...more,
});

function run(world: Memory) {
  const said: string[] = [];
  const masked: string[] = [];
  const say = (message: string) => {
    said.push(message);
  };
  const log = {
    info: say,
    debug: say,
    notice: say,
    warning: say,
    error: say,
    group: (_: string, work: () => Promise<never>) => work(),
  };
  const clock = {
    now: () => now,
    sleep: async (milliseconds: number) => {
      now += milliseconds;
    },
  };
  const { target, notes, source } = world;
  const ports = {
    target,
    notes,
    source,
    fence: { check: async () => {} },
    mask: (secret: string) => masked.push(secret),
    begun: () => {},
  };
  return {
    said,
    masked,
    promote: (promotion: string, more: Partial<PromoteOrder> = {}, signal?: AbortSignal) =>
      promote(order(promotion, more), ports, { clock, log, ...(signal ? { signal } : {}) }),
    restore: (promotion: string) =>
      restorePromotion({ environment: 'prod', service: 'orders', promotion, dryRun: false }, ports, {
        clock,
        log,
      }),
  };
}

async function untilDeath(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return false;
  } catch (error) {
    return (
      error instanceof Dead ||
      (error instanceof OutsideError && /putting .*(back|failed)/.test(error.message))
    );
  }
}

test('promotes, and puts back', async () => {
  const world = memory(sit, prod);
  const { promote: go, restore, masked } = run(world);
  expect(await go('1')).toMatchObject({ changed: true, report: { decision: 'pass' } });
  expect(world.values()).toEqual(promoted);
  expect(masked).toEqual(['new secret', 'old secret']);
  expect((await restore('1')).sentence).toContain('Put back 4 of the 4 parameters');
  expect(world.values()).toEqual(prod);
  expect(world.keys('/t/prod/db/password')).toEqual(['alias/prod', 'alias/prod', 'alias/prod']);
});

test('a key that is given encrypts, and the one that was found encrypts again when it is put back', async () => {
  const world = memory({ ...sit, '/t/sit/new/password': 'x' }, prod);
  await run(world).promote('1', { keyId: 'alias/new' });
  expect(world.keys('/t/prod/new/password')).toEqual(['alias/new']);
  await run(world).restore('1');
  expect(world.keys('/t/prod/db/password')).toEqual(['alias/prod', 'alias/new', 'alias/prod']);
  expect(world.keys('/t/prod/url')).toEqual([undefined, undefined, undefined]);
});

describe('dies at any call, before or after it has its effect', () => {
  const moments = ['before', 'after'] as const;

  /** Each way to die in `work`, after `first` was done in peace. */
  async function eachDeath(
    first: (world: Memory) => Promise<unknown>,
    work: (world: Memory) => Promise<unknown>,
    then: (world: Memory, told: string) => Promise<void>,
  ): Promise<number> {
    for (let nth = 1; ; nth++) {
      for (const moment of moments) {
        const world = memory(sit, prod);
        await first(world);
        world.dieAt(nth, moment);
        const died = await untilDeath(work(world));
        if (!died) return nth;
        world.revive();
        await then(world, `death ${moment} call ${nth}`);
      }
    }
  }
  const nothing = async () => {};

  test('the next attempt of the run promotes, and its restore finds what was there at first', async () => {
    const deaths = await eachDeath(
      nothing,
      (world) => run(world).promote('1'),
      async (world, told) => {
        await run(world).promote('1');
        expect([told, world.values()]).toEqual([told, promoted]);
        await run(world).restore('1');
        expect([told, world.values()]).toEqual([told, prod]);
      },
    );
    expect(deaths).toBeGreaterThan(10);
  });

  test('a restore puts back at once', async () => {
    await eachDeath(
      nothing,
      (world) => run(world).promote('1'),
      async (world, told) => {
        await run(world).restore('1');
        expect([told, world.values()]).toEqual([told, prod]);
      },
    );
  });

  test('another run waits until it is dead, puts back, and promotes', async () => {
    let refused = 0;
    await eachDeath(
      nothing,
      (world) => run(world).promote('1'),
      async (world, told) => {
        const early = await run(world)
          .promote('2')
          .catch((error: Error) => error);
        if (early instanceof Error) {
          refused += 1;
          expect(early.message).toContain('run 1 by release-manager is changing');
          now += 600_000;
          await run(world).promote('2');
        }
        expect([told, world.values()]).toEqual([told, promoted]);
        await run(world).restore('1');
        expect([told, world.values()]).toEqual([told, promoted]);
        const { results } = await run(world).restore('2');
        // Where the first run was whole, the second had nothing to do, and has nothing to put back.
        expect([told, world.values()]).toEqual([told, results.length > 0 ? prod : promoted]);
      },
    );
    expect(refused).toBeGreaterThan(5);
  });

  test('a restore that died is ended by the next one, and by another run’s promotion', async () => {
    for (const end of ['restore', 'promote'] as const)
      await eachDeath(
        (world) => run(world).promote('1'),
        (world) => run(world).restore('1'),
        async (world, told) => {
          if (end === 'restore') await run(world).restore('1');
          else {
            await run(world).promote('2', { mayTakeOver: true });
            expect([told, world.values()]).toEqual([told, promoted]);
            const { results } = await run(world).restore('2');
            if (results.length === 0) return;
          }
          expect([told, world.values()]).toEqual([told, prod]);
        },
      );
  });
});

test('whatever runs come and die, one that comes through leaves the whole, and its restore too', async () => {
  const attempt = fc.record({
    run: fc.constantFrom('1', '2'),
    what: fc.constantFrom('promote', 'restore'),
    call: fc.integer({ min: 1, max: 14 }),
    moment: fc.constantFrom('before', 'after'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(attempt, { maxLength: 6 }), async (attempts) => {
      const world = memory(sit, prod);
      for (const { run: id, what, call, moment } of attempts) {
        world.dieAt(call, moment);
        const { promote: go, restore } = run(world);
        await (what === 'promote' ? go(id, { mayTakeOver: true }) : restore(id)).catch(() => {});
        world.revive();
      }
      await run(world).promote('3', { mayTakeOver: true });
      expect(world.values()).toEqual(promoted);
      const { results } = await run(world).restore('3');
      expect(world.values()).toEqual(results.length > 0 ? prod : promoted);
    }),
    { numRuns: 150 },
  );
});

test.each([1, 2, 3, 4])('a failure at write %i is undone at once', async (nth) => {
  const world = memory(sit, prod);
  world.failAt(nth, new OutsideError({ what: 'SSM is full', remedy: 'Make room' }));
  const outcome = await run(world).promote('1');
  expect(outcome).toMatchObject({ changed: false, restored: nth - 1 });
  expect(String(outcome.failure)).toContain(
    `Changed before this: ${nth - 1} parameters, all put back as they were found`,
  );
  expect(world.values()).toEqual(prod);
});

test('a cancelled run puts back too', async () => {
  const world = memory(sit, prod);
  const stop = new AbortController();
  const { update } = world.target;
  const target = {
    ...world.target,
    update: async (parameter: Parameters<typeof update>[0]) => {
      const version = await update(parameter);
      stop.abort(new Error('cancelled'));
      return version;
    },
  };
  const outcome = await run({ ...world, target }).promote('1', {}, stop.signal);
  expect(outcome.failure).toBe(stop.signal.reason);
  expect(world.values()).toEqual(prod);
});

test('what is there because an answer was lost and the call made again is this run’s own', async () => {
  const world = memory(sit, prod);
  const target: typeof world.target = {
    ...world.target,
    create: async (parameter) => {
      await world.target.create(parameter);
      return world.target.create(parameter);
    },
  };
  const notes: typeof world.notes = {
    ...world.notes,
    write: async (item, expected) => {
      await world.notes.write(item, expected);
      return world.notes.write(item, expected);
    },
  };
  const twice = run({ ...world, target, notes });
  expect(await twice.promote('1')).toMatchObject({ changed: true });
  expect(world.values()).toEqual(promoted);
  await twice.restore('1');
  expect(world.values()).toEqual(prod);
});

test('a parameter that someone else made meanwhile is not taken over', async () => {
  const world = memory(sit, prod);
  const target: typeof world.target = {
    ...world.target,
    create: async (parameter) => {
      if (parameter.name === '/t/prod/first') world.put(parameter.name, 'theirs');
      return world.target.create(parameter);
    },
  };
  const { failure } = await run({ ...world, target }).promote('1');
  expect(String(failure)).toContain(
    'parameter `/t/prod/first` was made by someone else while this run promoted',
  );
});

test('two promotions at once: the one that is taken over writes nothing more', async () => {
  const world = memory(sit, prod);
  const { create } = world.target;
  let once = true;
  const target = {
    ...world.target,
    create: async (parameter: Parameters<typeof create>[0]) => {
      if (once) {
        once = false;
        await run(world).promote('2', { mayTakeOver: true });
      }
      return create(parameter);
    },
  };
  await expect(run({ ...world, target }).promote('1')).rejects.toThrow('another run has begun');
  expect(world.values()).toEqual(promoted);
});

test('a second step of one run adds to what the first noted down', async () => {
  const world = memory({ ...sit, '/u/sit/more': 'y' }, prod);
  await run(world).promote('1');
  await run(world).promote('1', { pairs: [{ source: '/u/sit', target: '/u/prod' }] });
  expect(world.values()).toEqual({ ...promoted, '/u/prod/more': 'y' });
  await run(world).restore('1');
  expect(world.values()).toEqual(prod);
});

test('what others changed or deleted since is left alone and told', async () => {
  const world = memory(sit, prod);
  await run(world).promote('1');
  world.put('/t/prod/url', 'by hand');
  await world.target.remove(['/t/prod/db/password']);
  const { results } = await run(world).restore('1');
  const outcomes = Object.fromEntries(results.map(({ name, outcome }) => [name, outcome]));
  expect(outcomes).toEqual({
    '/t/prod/url': 'foreign',
    '/t/prod/db/password': 'lost',
    '/t/prod/db/host': 'removed',
    '/t/prod/first': 'removed',
  });
  expect((await run(world).restore('1')).results).toEqual([]);
});
