import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Alias, memoryAliasStore } from '../lambda/index.ts';
import { type BackupOrder, backup } from './backup.ts';
import { describeOrigin, type KeptAlias, keptFor, keptName } from './names.ts';
import { planPrune } from './prune.ts';

const start = Date.parse('2026-03-03T20:05:00Z');
const day = 86_400_000;

function patience(from = start) {
  let now = from;
  const sleep = async (milliseconds: number) => {
    now += milliseconds;
  };
  return { clock: { now: () => now, sleep }, log: { info: () => {} }, timeout: 60_000 };
}

function order(over: Partial<BackupOrder> = {}): BackupOrder {
  const retention = { count: 10, age: 90 * day, versions: [] };
  return {
    functionName: 'orders',
    alias: 'live',
    kind: 'backup',
    runId: '7001',
    retention,
    dryRun: false,
    ...over,
  };
}

test('keeps the stable version under a name in UTC', async () => {
  const aliases = memoryAliasStore({
    orders: { live: { stableVersion: '3', canary: { version: '4', weight: 10 } } },
  });
  const outcome = await backup(order(), aliases, patience());
  expect(outcome).toEqual({
    name: 'backup-20260303-200500',
    version: '3',
    created: true,
    pruned: [],
    unpruned: [],
  });
  expect(aliases.writes).toEqual(['create backup-20260303-200500 3']);
});

test('the same run finds its backup again, even where the alias has moved since', async () => {
  const aliases = memoryAliasStore({ orders: { live: '3' } });
  await backup(order(), aliases, patience());
  aliases.meddle('orders', 'live', { stableVersion: '4' });
  const again = await backup(order(), aliases, patience(start + 60_000));
  expect(again).toMatchObject({ name: 'backup-20260303-200500', version: '3', created: false });
  const other = await backup(order({ runId: '7002' }), aliases, patience(start + 120_000));
  expect(other).toMatchObject({ name: 'backup-20260303-200700', version: '4', created: true });
});

test('another run in the same second takes the next one', async () => {
  const aliases = memoryAliasStore({ orders: { live: '3' } });
  await backup(order(), aliases, patience());
  const outcome = await backup(order({ runId: '7002' }), aliases, patience());
  expect(outcome.name).toBe('backup-20260303-200501');
});

test('backups of another alias are neither found nor pruned', async () => {
  const aliases = memoryAliasStore({ orders: { live: '3', test: '2' } });
  await backup(order({ alias: 'test' }), aliases, patience(start - 200 * day));
  const outcome = await backup(order(), aliases, patience());
  expect(outcome).toMatchObject({ version: '3', created: true, pruned: [] });
});

test('a dry run makes and removes nothing', async () => {
  const aliases = memoryAliasStore({ orders: { live: '3' } });
  const outcome = await backup(order({ dryRun: true }), aliases, patience());
  expect(outcome).toMatchObject({ name: 'backup-20260303-200500', version: '3', created: false });
  expect(aliases.writes).toEqual([]);
});

test('`$LATEST` is refused, because it keeps nothing', async () => {
  const aliases = memoryAliasStore({ orders: { live: '$LATEST' } });
  await expect(backup(order(), aliases, patience())).rejects.toThrow(/points to `\$LATEST`.*publish-version/);
});

test('old ones go by count and age, and what went is told', async () => {
  const aliases = memoryAliasStore({ orders: { live: '1' } });
  for (let version = 1; version <= 4; version++) {
    aliases.meddle('orders', 'live', { stableVersion: String(version) });
    const given = order({ runId: String(version), retention: { count: 2, age: 90 * day, versions: [] } });
    await backup(given, aliases, patience(start + version * day));
  }
  const names = (await aliases.list('orders')).map(({ name }) => name).filter((name) => name !== 'live');
  expect(names).toEqual(['backup-20260306-200500', 'backup-20260307-200500']);
});

describe('pruning, for all backups', () => {
  const version = fc.integer({ min: 1, max: 6 }).map(String);
  const world = fc.record({
    backups: fc.uniqueArray(fc.record({ days: fc.integer({ min: 0, max: 400 }), version }), {
      selector: (b) => b.days,
      maxLength: 15,
    }),
    stable: version,
    other: version,
    keep: version,
    count: fc.integer({ min: 0, max: 12 }),
    age: fc.integer({ min: 0, max: 200 }),
  });
  const alias = (name: string, stableVersion: string): Alias => ({
    functionName: 'orders',
    name,
    stableVersion,
    description: '',
    revisionId: '',
  });

  test('the newest, the way back and what others need stay; the rest goes exactly when it is due', () => {
    fc.assert(
      fc.property(world, ({ backups, stable, other, keep, count, age }) => {
        const kept: KeptAlias[] = backups.map((each) => {
          const at = start - each.days * day;
          return { name: keptName('backup', at), at, alias: 'live', version: each.version, runId: '' };
        });
        const live = alias('live', stable);
        const retention = { count, age: age * day, versions: [keep] };
        const gone = new Set(planPrune(kept, live, [live, alias('blue', other)], retention, start));
        const newestFirst = kept.toSorted((a, b) => b.at - a.at);
        const wayBack = newestFirst.find((each) => each.version !== stable);
        newestFirst.forEach((each, index) => {
          const safe = index === 0 || each === wayBack || each.version === other || each.version === keep;
          const due = index >= count || start - each.at > age * day;
          expect(gone.has(each)).toBe(due && !safe);
        });
      }),
    );
  });
});

test('what a description says is read back', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4e12 }),
      fc.stringMatching(/^[A-Za-z_-][\w-]{0,127}$/),
      fc.nat(),
      (at, of, run) => {
        const origin = { alias: of, version: '9', runId: String(run) };
        const description = describeOrigin(origin);
        expect(description.length).toBeLessThanOrEqual(256);
        const written = {
          functionName: 'f',
          name: keptName('incident', at),
          stableVersion: '9',
          description,
          revisionId: '',
        };
        expect(keptFor('incident', of, [written])).toEqual([
          { ...origin, name: written.name, at: Math.floor(at / 1000) * 1000 },
        ]);
        expect(keptFor('backup', of, [written])).toEqual([]);
      },
    ),
  );
});
