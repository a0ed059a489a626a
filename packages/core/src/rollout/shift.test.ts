import { expect, test } from '@jest/globals';
import { OutsideError } from '../action/index.ts';
import {
  type AliasChange,
  type MemoryAliasStore,
  memoryAliasStore,
  publishedVersion,
} from '../lambda/index.ts';
import type { ShiftRequest } from './plan.ts';
import { type ShiftOrder, shift, undoShift } from './shift.ts';
import type { ShiftIntent } from './undo.ts';

const functions = {
  describe: async (functionName: string, version = '$LATEST') => publishedVersion(version, { functionName }),
  hasProvisionedConcurrency: async () => false,
};

function patience(lines: string[] = []) {
  let now = 0;
  const sleep = async (milliseconds: number) => {
    now += milliseconds;
  };
  return {
    clock: { now: () => now, sleep },
    log: { info: (line: string) => lines.push(line) },
    timeout: 60_000,
  };
}

const toTen: ShiftRequest = { kind: 'weigh', version: '4', weight: 10 };

function order(request: ShiftRequest, over: Partial<ShiftOrder> = {}): ShiftOrder {
  return { functionName: 'orders', alias: 'live', request, dryRun: false, onIntent: () => {}, ...over };
}

/** The store, with something happening right before its first update. */
function interrupted(aliases: MemoryAliasStore, event: () => void): MemoryAliasStore {
  let fresh = true;
  return {
    ...aliases,
    update(lastRead, change) {
      if (fresh) event();
      fresh = false;
      return aliases.update(lastRead, change);
    },
  };
}

const store = (live: string | AliasChange = '3') => memoryAliasStore({ orders: { live } });
const refusal = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof OutsideError)) throw new Error(`expected an OutsideError, got ${error}`);
  return error.message;
};

test('writes once, reads back and says what it did', async () => {
  const aliases = store();
  const outcome = await shift(order(toTen), { aliases, functions }, patience());
  expect(aliases.writes).toEqual(['update live 3+4@10']);
  expect(outcome).toMatchObject({
    changed: true,
    after: { stableVersion: '3', canary: { version: '4', weight: 10 } },
  });
  expect(outcome.sentence).toBe('`orders:live` went from version 3 to version 3 with 10% on version 4.');
});

test('twice changes nothing the second time', async () => {
  const aliases = store();
  await shift(order(toTen), { aliases, functions }, patience());
  const again = await shift(order(toTen), { aliases, functions }, patience());
  expect(again.changed).toBe(false);
  expect(aliases.writes).toHaveLength(1);
});

test('a dry run writes nothing and leaves nothing to undo', async () => {
  const aliases = store();
  const intents: ShiftIntent[] = [];
  const given = order(toTen, { dryRun: true, onIntent: (intent) => intents.push(intent) });
  const outcome = await shift(given, { aliases, functions }, patience());
  expect(outcome.changed).toBe(false);
  expect(outcome.sentence).toBe(
    'Dry run: `orders:live` would go from version 3 to version 3 with 10% on version 4.',
  );
  expect([...aliases.writes, ...intents]).toEqual([]);
});

test('plans again when only the revision moved', async () => {
  const aliases = store();
  const lines: string[] = [];
  const meddled = interrupted(aliases, () =>
    aliases.meddle('orders', 'live', { stableVersion: '3', description: 'x' }),
  );
  await shift(order(toTen), { aliases: meddled, functions }, patience(lines));
  expect(aliases.writes).toEqual(['update live 3+4@10']);
  expect(lines.join()).toMatch(/changed by someone else/);
});

test('stops, and says from what to what, when someone else moved the alias', async () => {
  const aliases = store();
  const meddled = interrupted(aliases, () => aliases.meddle('orders', 'live', { stableVersion: '2' }));
  const message = await refusal(shift(order(toTen), { aliases: meddled, functions }, patience()));
  expect(message).toMatch(/someone else moved it .*version 3 before, version 2 now/);
  expect(aliases.writes).toEqual([]);
});

test('counts as done when its own answer was lost and the repeat finds a new revision', async () => {
  const aliases = store();
  const wrote = { stableVersion: '3', canary: { version: '4', weight: 10 } };
  const meddled = interrupted(aliases, () => aliases.meddle('orders', 'live', wrote));
  const outcome = await shift(order(toTen), { aliases: meddled, functions }, patience());
  expect(outcome).toMatchObject({ changed: true, after: { canary: { version: '4', weight: 10 } } });
});

test('an error after the effect counts as done; one before it is told as it is', async () => {
  const failing = (aliases: MemoryAliasStore, effect: boolean): MemoryAliasStore => ({
    ...aliases,
    async update(lastRead, change) {
      if (effect) await aliases.update(lastRead, change);
      throw new OutsideError({ what: 'Lambda failed', remedy: 'again' });
    },
  });
  const after = await shift(order(toTen), { aliases: failing(store(), true), functions }, patience());
  expect(after.changed).toBe(true);
  const message = await refusal(
    shift(order(toTen), { aliases: failing(store(), false), functions }, patience()),
  );
  expect(message).toBe('Lambda failed. again.');
});

test('an alias that never reads what was written ends in an error that says what it reads', async () => {
  const aliases = store();
  const stale: MemoryAliasStore = { ...aliases, find: store().find };
  const message = await refusal(shift(order(toTen), { aliases: stale, functions }, patience()));
  expect(message).toMatch(/did not become version 3 with 10% on version 4 within 1m.*it reads version 3/);
  expect(message).toMatch(/was updated to version 3 with 10% on version 4, and Lambda accepted it.*rollback/);
});

test('a missing alias says how to list and create it', async () => {
  const message = await refusal(
    shift(order(toTen, { alias: 'prod' }), { aliases: store(), functions }, patience()),
  );
  expect(message).toMatch(/has no alias `prod`.*list-aliases.*create-alias/);
});

test('what a step announces before it writes is enough to undo it', async () => {
  const aliases = store();
  const intents: ShiftIntent[] = [];
  const watched = interrupted(aliases, () => expect(intents).toHaveLength(1));
  const given = order({ kind: 'complete', version: '4' }, { onIntent: (intent) => intents.push(intent) });
  await shift(given, { aliases: watched, functions }, patience());
  for (const intent of intents) await undoShift(intent, aliases, patience());
  expect(aliases.writes).toEqual(['update live 4', 'update live 3']);
});

test('undoing leaves a newer rollout alone', async () => {
  const aliases = store({ stableVersion: '3', canary: { version: '5', weight: 10 } });
  const intent = { functionName: 'orders', alias: 'live', stable: '3', version: '4', completes: false };
  expect(await undoShift(intent, aliases, patience())).toMatch(
    /left as it is: it carries another canary, version 5/,
  );
  expect(aliases.writes).toEqual([]);
});
