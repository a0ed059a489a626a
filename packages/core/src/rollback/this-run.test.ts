import { expect, test } from '@jest/globals';
import type { Attributes } from '../deployment/index.ts';
import { OutsideError } from '../errors/index.ts';
import { type Alias, publishedVersion } from '../lambda/index.ts';
import { findOwnWork } from './this-run.ts';

const alias = (name: string, stableVersion: string, description = ''): Alias => ({
  functionName: 'orders',
  name,
  stableVersion,
  description,
  revisionId: '',
});
const live = alias('live', '4');
const versions = [
  ['3', 'v1.3.0'],
  ['4', 'v1.4.0'],
  ['5', 'v1.5.0'],
].map(([version = '', description = '']) => publishedVersion(version, { description }));
const backup = (run: string) =>
  alias('backup-20260303-200500', '3', `promo-actions: version 3 of live, run ${run}`);

function record(status: string, run: string, over: Attributes = {}): Attributes {
  return {
    deployment_id: `prod/orders/promote/${run}-1/${status}`,
    deployment: `prod/orders/promote/${run}-1`,
    timestamp: '2026-03-01T20:00:00Z',
    environment: 'prod',
    service: 'orders',
    action: 'promote',
    status,
    run_id: run,
    to_version: 'v1.4.0',
    sequence: 1,
    previous_hash: '',
    hash: '',
    ...over,
  };
}

async function* newestFirst(records: readonly Attributes[]): AsyncGenerator<Attributes> {
  yield* records;
}
const around = (aliases: readonly Alias[], present = live) => ({
  alias: present,
  aliases,
  versions,
  runId: '7001',
});
const find = (
  records: readonly Attributes[],
  aliases: readonly Alias[] = [live, backup('7001')],
  present = live,
) => findOwnWork(around(aliases, present), newestFirst(records));

test('a run that has changed something returns to what its own backup keeps', async () => {
  expect(await find([record('started', '7001')])).toMatchObject({ kind: 'undo', version: '3' });
  const canary: Alias = { ...live, stableVersion: '3', canary: { version: '4', weight: 10 } };
  expect(await find([record('started', '7001')], [canary, backup('7001')], canary)).toMatchObject({
    version: '3',
  });
  expect(await findOwnWork(around([live, backup('7001')]), undefined)).toMatchObject({ kind: 'undo' });
});

test('a version that was published under another name before is the run’s own work, too', async () => {
  const records = [record('started', '7001', { to_version: 'v1.4.1' })];
  expect(await find(records)).toMatchObject({ kind: 'undo', version: '3' });
  const elsewhere = [record('started', '7001', { to_version: 'v1.5.0' })];
  expect(await find(elsewhere)).toMatchObject({ kind: 'nothing' });
  expect(await findOwnWork(around([live, backup('7001')]), newestFirst(elsewhere), '4')).toMatchObject({
    kind: 'undo',
    version: '3',
  });
  const named = versions.map((one) =>
    one.version === '4' ? { ...one, description: 'v1.4.1 (build 7)' } : one,
  );
  const renamed = { ...around([live, backup('7001')]), versions: named };
  expect(await findOwnWork(renamed, newestFirst(records))).toMatchObject({ kind: 'undo', version: '3' });
});

test.each<[string, readonly Alias[]]>([
  ['no backup', [live]],
  ["another run's backup", [live, backup('6000')]],
])('a run with %s has nothing to undo', async (_, aliases) => {
  expect(await find([record('started', '7001')], aliases)).toEqual({
    kind: 'nothing',
    why: 'this run has no backup of it, so it has changed nothing',
    succeeded: false,
  });
});

test.each<[string, readonly Attributes[]]>([
  ['last', [record('succeeded', '7001'), record('started', '7001')]],
  ['and a later attempt has begun', [record('started', '7001'), record('succeeded', '7001')]],
  ['and a later attempt has failed', [record('failed', '7001'), record('succeeded', '7001')]],
])('a run whose success is recorded %s is not undone', async (_, records) => {
  expect(await find(records)).toEqual({
    kind: 'nothing',
    why: 'record `prod/orders/promote/7001-1/succeeded` says that this run has succeeded',
    succeeded: true,
  });
});

test.each<[string, readonly Attributes[]]>([
  ['did not get the lock', [record('failed', '7002'), record('started', '7001')]],
  [
    'has recorded that it undid this one, whose late change came after',
    [record('rolled-back', '9000', { deployment: 'prod/orders/promote/7001-1' }), record('started', '7001')],
  ],
])('another run that %s keeps nothing from being undone', async (_, records) => {
  expect(await find(records)).toMatchObject({ kind: 'undo', version: '3' });
});

test('a success stands though another run has failed to get the lock since', async () => {
  const records = [record('failed', '7002'), record('succeeded', '7001'), record('started', '7001')];
  expect(await find(records)).toMatchObject({ kind: 'nothing', succeeded: true });
});

test.each<[string, readonly Attributes[], Alias, string]>([
  [
    'another run began and failed after it',
    [record('failed', '7002'), record('started', '7002'), record('started', '7001')],
    live,
    'another run came',
  ],
  [
    'another run was undone after it',
    [record('rolled-back', '7002'), record('started', '7002'), record('started', '7001')],
    live,
    'another run came',
  ],
  [
    'another run came after it',
    [record('succeeded', '7002'), record('started', '7001')],
    live,
    'another run came',
  ],
  [
    'a rollback failed after it once it had moved a function',
    [
      record('failed', '7002', { action: 'rollback', components: '[{"name":"payments","version":"3"}]' }),
      record('started', '7001'),
    ],
    live,
    'another run came',
  ],
  ['it has recorded nothing', [], live, 'has recorded no deployment'],
  [
    'people moved the alias on',
    [record('started', '7001')],
    alias('live', '5'),
    'carries no version of v1.4.0',
  ],
])('a run has nothing to undo where %s', async (_, records, present, why) => {
  const own = await find(records, [present, backup('7001')], present);
  expect(own).toMatchObject({ kind: 'nothing', why: expect.stringContaining(why), succeeded: false });
});

test.each<[string, readonly Attributes[]]>([
  ['a success that was rolled back since', [record('rolled-back', '7001'), record('succeeded', '7001')]],
  ['a configuration that was promoted', [record('succeeded', '7001', { action: 'config' })]],
])('%s is no success of the run', async (_, records) => {
  expect(await find(records)).toMatchObject({ kind: 'undo', version: '3' });
});

test('records that cannot be read keep nothing from being undone, and a bug is told as one', async () => {
  async function* failing(error: Error): AsyncGenerator<Attributes> {
    yield record('started', '7001');
    throw error;
  }
  const ask = (error: Error) => findOwnWork(around([live, backup('7001')]), failing(error));
  expect(await ask(new OutsideError({ what: 'DynamoDB does not answer', remedy: 'Wait' }))).toMatchObject({
    kind: 'undo',
    because: expect.stringContaining('DynamoDB does not answer'),
  });
  await expect(ask(new TypeError('oops'))).rejects.toThrow('oops');
});
