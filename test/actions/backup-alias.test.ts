import { afterEach, expect, test } from '@jest/globals';
import { errorsOf } from '../bundle/run.ts';
import { functionName, type LambdaWorld, lambdaWorld } from './lambda-world.ts';

let world: LambdaWorld;
afterEach(() => world.close());

const start = async (aliases: Parameters<typeof lambdaWorld>[1] = { 'latest-prod': '2' }) => {
  world = await lambdaWorld(['sound', 'sound', 'sound'], aliases);
};
const base = { function: functionName, alias: 'latest-prod' };
const backup = (inputs: Readonly<Record<string, string>> = {}, runId = '7001') =>
  world.run('backup-alias', { ...base, ...inputs }, { env: { GITHUB_RUN_ID: runId } });

test('keeps the stable version under an alias named by the time in UTC', async () => {
  await start({ 'latest-prod': { version: '2', canary: '3', weight: 0.1 } });
  const run = await backup();
  expect(run).toMatchObject({
    code: 0,
    outputs: { 'backup-alias': 'backup-20260303-200500', version: '2', pruned: '' },
  });
  expect(run.summary).toMatch(/`backup-20260303-200500` now keeps version 2 of `tenant-service:latest-prod`/);
  expect(await world.alias('backup-20260303-200500')).toBe('2');
});

test('the same run finds it again after the alias has moved; another run makes its own', async () => {
  await start();
  await backup();
  await world.meddle('3');
  await world.sandbox.clock.advance(60_000);
  const again = await backup();
  expect(again).toMatchObject({ outputs: { 'backup-alias': 'backup-20260303-200500', version: '2' } });
  expect(again.log).toMatch(/made earlier in this run/);
  const other = await backup({}, '7002');
  expect(other).toMatchObject({ outputs: { 'backup-alias': 'backup-20260303-200600', version: '3' } });
});

test('a lost answer makes no second backup', async () => {
  await start();
  world.sandbox.inject({ service: 'lambda', operation: 'CreateAlias', drop: 'after', nth: 1, times: 1 });
  expect(await backup()).toMatchObject({ code: 0, outputs: { 'backup-alias': 'backup-20260303-200500' } });
  expect(Object.keys(await world.aliases())).toHaveLength(2);
});

test('old ones go by count; those at versions that are needed stay', async () => {
  await start();
  const retained = { retain: '1', 'keep-versions': '1' };
  const names: string[] = [];
  for (const [index, version] of ['1', '2', '3', '3'].entries()) {
    await world.meddle(version);
    const run = await backup(retained, String(8000 + index));
    names.push(run.outputs.pruned ?? '');
    await world.sandbox.clock.advance(3_600_000);
  }
  expect(names).toEqual(['', '', '', 'backup-20260303-220500']);
  expect(await world.aliases()).toEqual({
    'latest-prod': '3',
    'backup-20260303-200500': '1',
    'backup-20260303-210500': '2',
    'backup-20260303-230500': '3',
  });
});

test('an old one that cannot be removed is a warning, not a failure', async () => {
  await start();
  await backup({}, '7001');
  await world.meddle('3');
  await backup({}, '7002');
  await world.sandbox.clock.advance(200 * 86_400_000);
  await backup({}, '7003');
  await world.sandbox.clock.advance(1_000);
  world.sandbox.inject({
    service: 'lambda',
    operation: 'DeleteAlias',
    status: 403,
    code: 'AccessDeniedException',
  });
  const run = await backup({ retain: '1' }, '7004');
  expect(run.code).toBe(0);
  expect(run.annotations.map(({ level }) => level)).toContain('warning');
  expect(run.annotations[0]?.message).toMatch(/was not removed.*Allow `lambda:DeleteAlias`/);
});

test('`prefix: incident` names it so', async () => {
  await start();
  expect(await backup({ prefix: 'incident' })).toMatchObject({
    outputs: { 'backup-alias': 'incident-20260303-200500' },
  });
});

test('a dry run makes nothing', async () => {
  await start();
  expect(await backup({ 'dry-run': 'true' })).toMatchObject({ code: 0, outputs: { version: '2' } });
  expect(world.writes()).toEqual([]);
});

test('`$LATEST` keeps nothing and is refused', async () => {
  await start({ 'latest-prod': '$LATEST' });
  const run = await backup();
  expect(run.code).toBe(1);
  expect(errorsOf(run)).toMatch(/points to `\$LATEST`.*publish-version/);
});

test('every wrong input at once, and nothing called', async () => {
  await start();
  const run = await backup({
    function: 'a b',
    alias: '7',
    prefix: 'old',
    retain: '-1',
    'retain-for': '90',
    'keep-versions': 'v1',
  });
  expect(run.code).toBe(1);
  for (const input of ['function', 'alias', 'prefix', 'retain', 'retain-for', 'keep-versions'])
    expect(errorsOf(run)).toContain(`${input}: `);
  expect(world.calls()).toEqual([]);
});

test.each([
  ['alias', { alias: 'live' }, /has no alias `live`.*list-aliases/],
  [
    'function',
    { function: 'tenants' },
    /`tenants` could not be listed.*ResourceNotFoundException.*list-functions/,
  ],
])('an unknown %s is named with what to do', async (_, inputs, message) => {
  await start();
  expect(errorsOf(await backup(inputs))).toMatch(message);
});

test('throttling is outlasted', async () => {
  await start();
  world.sandbox.inject({
    service: 'lambda',
    status: 429,
    code: 'TooManyRequestsException',
    nth: 1,
    times: 3,
  });
  expect(await backup()).toMatchObject({ code: 0, outputs: { version: '2' } });
});
