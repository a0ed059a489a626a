import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RecordStore } from '../deployment/index.ts';
import { memoryAliasStore } from '../lambda/index.ts';
import {
  acquireLock,
  type Claim,
  changeLock,
  clockSkew,
  createFence,
  fencedAliases,
  fencedRecords,
  fenceOrder,
  fenceProblems,
  type LockPatience,
  leaseItem,
  leaseOf,
  lockId,
  readLease,
  releaseLock,
  renewLock,
} from './index.ts';
import { memoryLocks } from './memory.test.ts';

const minute = 60_000;
const place = { environment: 'prod', service: 'tenant-service' };

function claimOf(runId: string, change: Partial<Claim> = {}, runAttempt = 1): Claim {
  return {
    ...place,
    holder: {
      repository: 'example/tenant-service',
      runId,
      runAttempt,
      runUrl: `https://github.com/example/tenant-service/actions/runs/${runId}`,
      job: 'deploy',
      actor: 'release-manager',
      reason: 'promote v1.4.0',
    },
    claim: `claim-${runId}-${runAttempt}`,
    length: 120 * minute,
    force: false,
    ...change,
  };
}

/** A clock that moves by being slept on, and by hand. */
function watch(wait = 0) {
  const lines: string[] = [];
  let now = Date.parse('2026-03-03T20:05:00Z');
  const patience: LockPatience = {
    clock: {
      now: () => now,
      async sleep(milliseconds) {
        now += milliseconds;
      },
    },
    log: { info: (line) => lines.push(line), warning: (line) => lines.push(`warning: ${line}`) },
    wait,
  };
  return {
    ...patience,
    lines,
    pass: (milliseconds: number) => {
      now += milliseconds;
    },
  };
}

describe('a lock', () => {
  test('is taken, kept from others, released and taken again, the token rising', async () => {
    const locks = memoryLocks();
    const time = watch();
    const first = await acquireLock(claimOf('7001'), locks, time);
    expect(first).toMatchObject({ token: 1, expiresAt: time.clock.now() + 120 * minute });
    await expect(acquireLock(claimOf('7002'), locks, time)).rejects.toThrow(
      /Did not get the lock of `tenant-service` in `prod`: run 7001 of example\/tenant-service, job deploy, by release-manager holds it: it was taken 2026-03-03T20:05:00Z for: promote v1\.4\.0; its lease runs out in 2h, at 2026-03-03T22:05:00Z, and it may be taken over from 2026-03-03T22:15:00Z on\./i,
    );
    expect(await releaseLock(place, { token: 1 }, locks)).toMatchObject({ released: true });
    expect(await releaseLock(place, { token: 1 }, locks)).toMatchObject({ released: false });
    expect((await acquireLock(claimOf('7002'), locks, time)).token).toBe(2);
    expect(await releaseLock(place, { token: 1 }, locks)).toMatchObject({ released: false });
    expect(await releaseLock(place, { claim: 'claim-7001-1' }, locks)).toMatchObject({ released: false });
    expect((await readLease(place, locks))?.released).toBe(false);
  });

  test('of another service or environment is another lock', async () => {
    const locks = memoryLocks();
    for (const other of [{}, { service: 'sites' }, { environment: 'sit' }, { service: 'tenant-service#x' }])
      expect((await acquireLock(claimOf('7001', other), locks, watch())).token).toBe(1);
    expect(locks.items.size).toBe(4);
  });

  test('is waited for, telling who holds it once a minute, and is got as soon as it is free', async () => {
    const locks = memoryLocks();
    const time = watch(10 * minute);
    const holder = await acquireLock(claimOf('7001', { length: minute }), locks, time);
    const start = time.clock.now();
    const next = await acquireLock(claimOf('7002'), locks, watchFrom(time, 12 * minute));
    expect(next.token).toBe(2);
    expect(next.acquiredAt).toBeGreaterThan(holder.expiresAt + clockSkew);
    expect(next.acquiredAt - holder.expiresAt - clockSkew).toBeLessThanOrEqual(15_000);
    const told = time.lines.filter((line) => line.startsWith('Waiting'));
    expect(told.length).toBe(Math.ceil((next.acquiredAt - start) / minute));
    expect(told[0]).toContain('run 7001 of example/tenant-service');
    expect(told.at(-1)).toContain('its lease ran out');
  });

  test('that a run has left which is over is told with how to get it at once', async () => {
    const locks = memoryLocks();
    const time = watch();
    await acquireLock(claimOf('7001'), locks, time);
    await expect(acquireLock(claimOf('7002'), locks, time)).rejects.toThrow(
      /Wait for \S*7001 or cancel it, .* Where it is over and has left the lock, re-run its failed jobs: they take it over at once\. `force: true` takes it over/,
    );
  });

  test('that is never free is given up when the wait is over', async () => {
    const locks = memoryLocks();
    const time = watch(2 * minute);
    await acquireLock(claimOf('7001'), locks, time);
    const start = time.clock.now();
    await expect(acquireLock(claimOf('7002'), locks, time)).rejects.toThrow('in `prod` after 2m');
    expect(time.clock.now() - start).toBe(2 * minute);
  });

  test('is waited for from the first answer on, which may set the clock', async () => {
    const locks = memoryLocks();
    const time = watch(2 * minute);
    await acquireLock(claimOf('7001'), locks, time);
    let behind = 5 * minute;
    const setting = {
      ...locks,
      async find(id: string) {
        time.pass(behind);
        behind = 0;
        return locks.find(id);
      },
    };
    await expect(acquireLock(claimOf('7002'), setting, time)).rejects.toThrow('in `prod` after 2m');
  });

  test('is shared by the steps of one attempt, and taken over by the next attempt of the run', async () => {
    const locks = memoryLocks();
    const time = watch();
    await acquireLock(claimOf('7001'), locks, time);
    const shared = await acquireLock(claimOf('7001', { claim: 'second step' }), locks, time);
    expect(shared).toMatchObject({ token: 1, claim: 'claim-7001-1' });
    expect(await releaseLock(place, { claim: 'second step' }, locks)).toMatchObject({ released: false });
    const again = await acquireLock(claimOf('7001', {}, 2), locks, time);
    expect(again.token).toBe(2);
    await expect(renewLock(place, 1, locks, time.clock)).rejects.toThrow('(attempt 2)');
    await expect(acquireLock(claimOf('7001'), locks, time)).rejects.toThrow('holds it');
  });

  test('is taken over by force, naming who had it', async () => {
    const locks = memoryLocks();
    const time = watch();
    await acquireLock(claimOf('7001'), locks, time);
    const forced = await acquireLock(claimOf('7002', { force: true }), locks, time);
    expect(forced).toMatchObject({ token: 2, takenFrom: expect.stringContaining('run 7001') });
    expect(time.lines).toEqual([
      'warning: Took over the lock of `tenant-service` in `prod` from run 7001 of example/tenant-service, job deploy, by release-manager. It can change nothing more.',
    ]);
  });

  test('whose lease is over goes on while nobody else has taken it, and is lost when somebody has', async () => {
    const locks = memoryLocks();
    const time = watch();
    await acquireLock(claimOf('7001', { length: 30 * minute }), locks, time);
    time.pass(35 * minute);
    expect((await renewLock(place, 1, locks, time.clock)).expiresAt).toBe(time.clock.now() + 30 * minute);
    time.pass(45 * minute);
    await acquireLock(claimOf('7002'), locks, time);
    await expect(renewLock(place, 1, locks, time.clock)).rejects.toThrow(
      /no longer held with token 1, so nothing more may be changed under it: run 7002 .* holds it with token 2/i,
    );
  });

  test('is safe from clocks that are five minutes off, each its own way', async () => {
    const locks = memoryLocks();
    const slow = watch();
    const fast = watch();
    fast.pass(10 * minute);
    await acquireLock(claimOf('7001', { length: 30 * minute }), locks, slow);
    for (let passed = 0; passed <= 30; passed += 5) {
      await expect(acquireLock(claimOf('7002'), locks, fast)).rejects.toThrow('holds it');
      slow.pass(5 * minute);
      fast.pass(5 * minute);
    }
    expect(slow.clock.now()).toBeGreaterThan(Date.parse('2026-03-03T20:35:00Z'));
    expect((await acquireLock(claimOf('7002'), locks, fast)).token).toBe(2);
  });

  test('never gets shorter by a renewal from a clock that is behind', async () => {
    const locks = memoryLocks();
    const fast = watch();
    fast.pass(10 * minute);
    const { expiresAt } = await acquireLock(claimOf('7001'), locks, fast);
    expect((await renewLock(place, 1, locks, watch().clock)).expiresAt).toBe(expiresAt);
  });

  test('that somebody wrote over by hand is told, not taken', async () => {
    const locks = memoryLocks();
    locks.items.set(lockId(place), { deployment_id: lockId(place), owner: 'somebody' });
    await expect(acquireLock(claimOf('7001'), locks, watch())).rejects.toThrow('is no lock');
  });

  test('reads back as it was written', async () => {
    const lease = await acquireLock(claimOf('7001'), memoryLocks(), watch());
    expect(leaseOf(leaseItem(lease))).toEqual(lease);
    const item = leaseItem(lease);
    for (const name of ['fencing_token', 'lock_revision', 'expires_at', 'acquired_at', 'lock_state']) {
      const { [name]: _, ...without } = item;
      expect([name, leaseOf(without)]).toEqual([name, undefined]);
    }
  });
});

/** The same clock with another patience. */
function watchFrom(time: ReturnType<typeof watch>, wait: number): LockPatience {
  return { clock: time.clock, log: time.log, wait };
}

test('an answer that was lost after the write is known again', async () => {
  const locks = memoryLocks();
  const lossy = {
    ...locks,
    async put(item: Parameters<typeof locks.put>[0], expected: number | undefined) {
      await locks.put(item, expected);
      return locks.put(item, expected);
    },
  };
  const lease = await acquireLock(claimOf('7001'), lossy, watch());
  expect(lease.token).toBe(1);
  expect(await releaseLock(place, { token: 1 }, lossy)).toMatchObject({ released: true });
});

test('of any claims at once, at most one holds the lock at any time, and tokens only rise', async () => {
  const runs = fc.array(
    fc.record({ run: fc.integer({ min: 1, max: 4 }), renews: fc.nat({ max: 2 }), releases: fc.boolean() }),
    { minLength: 2, maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), runs, async (scheduler, list) => {
      const locks = memoryLocks(() => scheduler.schedule(Promise.resolve()));
      const time = watch();
      const held: string[] = [];
      const work = list.map(async ({ run, renews, releases }, index) => {
        const claim = claimOf(`${run}-${index}`);
        const lease = await acquireLock(claim, locks, time).catch(() => undefined);
        if (!lease) return undefined;
        held.push(claim.claim);
        expect(held).toEqual([claim.claim]);
        for (let count = 0; count < renews; count++) await renewLock(place, lease.token, locks, time.clock);
        if (!releases) return lease.token;
        held.pop();
        expect((await releaseLock(place, { token: lease.token }, locks)).released).toBe(true);
        return lease.token;
      });
      await scheduler.waitFor(Promise.all(work));
      const tokens = (await Promise.all(work)).filter((token) => token !== undefined);
      expect(tokens.length).toBeGreaterThan(0);
      expect(new Set(tokens).size).toBe(tokens.length);
    }),
    { numRuns: 150 },
  );
});

describe('a fence', () => {
  const change = { stableVersion: '2' };
  const aliases = () => memoryAliasStore({ f: { live: '1' } });

  test('lets its holder change aliases, renewing the lease, and nobody who lost the lock', async () => {
    const locks = memoryLocks();
    const time = watch();
    await acquireLock(claimOf('7001', { length: 30 * minute }), locks, time);
    const store = aliases();
    const fenced = fencedAliases(store, createFence(place, 1, locks, time.clock));
    const first = await fenced.find('f', 'live');
    if (!first) throw new Error('no alias');
    time.pass(10 * minute);
    const updated = await fenced.update(first, change);
    expect(updated).toMatchObject(change);
    expect((await readLease(place, locks))?.expiresAt).toBe(time.clock.now() + 30 * minute);
    time.pass(45 * minute);
    await acquireLock(claimOf('7002'), locks, time);
    if (updated === 'moved') throw new Error('moved');
    await expect(fenced.update(updated, { stableVersion: '3' })).rejects.toThrow('no longer held');
    await expect(fenced.create('f', 'incident-1', '2', '')).rejects.toThrow('no longer held');
    await expect(fenced.remove('f', 'live')).rejects.toThrow('no longer held');
    expect(await store.find('f', 'live')).toMatchObject(change);
  });

  test('is asked after what is changed was read: a pause between the two moves nothing that the next holder moved', async () => {
    const locks = memoryLocks();
    const time = watch();
    await acquireLock(claimOf('7001'), locks, time);
    const store = aliases();
    const alias = await store.find('f', 'live');
    if (!alias) throw new Error('no alias');
    await createFence(place, 1, locks, time.clock).check();
    time.pass(131 * minute);
    await acquireLock(claimOf('7002'), locks, time);
    await fencedAliases(store, createFence(place, 2, locks, time.clock)).update(alias, change);
    expect(await store.update(alias, { stableVersion: '3' })).toBe('moved');
  });

  test('keeps the lease alive through a long pause, with a write for each half of it, and not once it is lost', async () => {
    const locks = memoryLocks();
    const time = watch();
    await acquireLock(claimOf('7001', { length: 10 * minute }), locks, time);
    const fence = createFence(place, 1, locks, time.clock);
    const revisions: (number | undefined)[] = [];
    for (let minutes = 0; minutes < 30; minutes++) {
      await fence.keepAlive();
      revisions.push((await readLease(place, locks))?.revision);
      time.pass(minute);
    }
    expect(new Set(revisions).size).toBe(6);
    await fence.check();
    time.pass(4 * minute);
    const before = await readLease(place, locks);
    await fence.keepAlive();
    expect(await readLease(place, locks)).toEqual(before);
    await acquireLock(claimOf('7002', { force: true }), locks, time);
    time.pass(minute);
    await expect(fence.keepAlive()).rejects.toThrow('no longer held');
  });

  test('keeps records from being written too', async () => {
    const locks = memoryLocks();
    const time = watch();
    await acquireLock(claimOf('7001'), locks, time);
    const written: string[] = [];
    const records: RecordStore = {
      place: 'table',
      find: async () => undefined,
      findAll: async () => new Map(),
      add: async () => 'added',
      async moveHead(item) {
        written.push(String(item.deployment_id));
        return 'done';
      },
    };
    const fenced = fencedRecords(records, createFence(place, 1, locks, time.clock));
    await fenced.moveHead({ deployment_id: 'a' }, undefined);
    await acquireLock(claimOf('7002', { force: true }), locks, time);
    await expect(fenced.moveHead({ deployment_id: 'b' }, undefined)).rejects.toThrow('no longer held');
    expect(written).toEqual(['a']);
  });

  test('is not asked of a step that names no lock, and needs all of one that does', () => {
    expect(fenceOrder({ lockTable: 'locks' })).toBeUndefined();
    expect(fenceProblems({ lockTable: 'locks' })).toEqual([]);
    expect(fenceProblems({ fencingToken: 3, environment: 'prod' }).map(({ input }) => input)).toEqual([
      'lock-table',
      'service',
    ]);
    expect(fenceOrder({ fencingToken: 3, lockTable: 'locks', ...place })).toEqual({
      ...place,
      table: 'locks',
      token: 3,
    });
  });
});

test('a dry run says what it would do, and writes nothing', async () => {
  const locks = memoryLocks();
  const time = watch();
  const claim = claimOf('7001');
  const say = async (order: Parameters<typeof changeLock>[0]) =>
    (await changeLock(order, locks, time)).sentence;
  const dryRun = true;
  expect(await say({ operation: 'acquire', claim, dryRun })).toContain('would take the lock');
  expect(await say({ operation: 'renew', claim, token: 1, dryRun })).toContain('nobody ever held it');
  expect(locks.items.size).toBe(0);
  await acquireLock(claimOf('7002'), locks, time);
  const before = locks.items.get(lockId(place));
  expect(await say({ operation: 'acquire', claim, dryRun })).toContain('would wait for the lock');
  expect(await say({ operation: 'renew', claim, token: 1, dryRun })).toContain('would renew');
  expect(await say({ operation: 'release', claim, token: 1, dryRun })).toContain('would release');
  expect(await say({ operation: 'release', claim, token: 9, dryRun })).toContain('holds it with token 1');
  expect(locks.items.get(lockId(place))).toBe(before);
});
