import type { ChildProcess } from 'node:child_process';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { functionName, type LambdaWorld, lambdaWorld } from './lambda-world.ts';

const table = 'deployments';
const release = (description: string) => ({ handler: 'sound' as const, description });
let world: LambdaWorld;
beforeEach(async () => {
  world = await lambdaWorld(
    ['v1.3.0', 'v1.4.0', 'v1.5.0'].map(release),
    { 'latest-prod': '1' },
    { dynamodb: [{ account: 'prod', table, key: 'deployment_id' }] },
  );
});
afterEach(() => world.close());

const record = { table, environment: 'prod', service: functionName, action: 'promote' };
const env = (run: string, attempt = '1') => ({ env: { GITHUB_RUN_ID: run, GITHUB_RUN_ATTEMPT: attempt } });
const back = { functions: functionName, alias: 'latest-prod' };
const keep = (run: string) =>
  world.run('backup-alias', { function: functionName, alias: 'latest-prod' }, env(run));
const tell = (status: string, version: string, run: string, attempt?: string) =>
  world.run(
    'record-deployment',
    { ...record, status, 'to-version': version, reason: 'why' },
    env(run, attempt),
  );
const undo = (
  run: string,
  attempt?: string,
  inputs: Readonly<Record<string, string>> = {},
  started: (child: ChildProcess) => void = () => {},
) =>
  world.run(
    'rollback',
    {
      ...back,
      ...{ table, environment: 'prod', service: functionName, target: 'before-this-run' },
      ...{ reason: 'the runner died', force: 'true', 'incident-alias': 'false', ...inputs },
    },
    { ...env(run, attempt), started },
  );

/** What the first attempt of a run does until its runner dies: a canary is out, and the records know of the start. */
async function die(run: string) {
  await keep(run);
  await tell('started', 'v1.4.0', run);
  await world.meddle('1', { '2': 0.1 });
}

test('a later attempt takes back what the run had done, once', async () => {
  await die('7001');
  expect(await undo('7001', '2')).toMatchObject({
    code: 0,
    outputs: { restored: functionName, 'from-version': '2', 'to-version': '1', succeeded: 'false' },
  });
  expect(await world.alias()).toBe('1');
  const again = await undo('7001', '3');
  expect(again).toMatchObject({ code: 0, outputs: { restored: '', failed: '' } });
  expect(await world.alias()).toBe('1');
});

test('what is undone of a run is undone to the end though the run is cancelled meanwhile', async () => {
  await die('7001');
  world.sandbox.watch({
    before: async ({ operation }) => {
      if (operation !== 'ListAliases') return;
      world.sandbox.watch(undefined);
      undoing?.kill('SIGINT');
    },
  });
  let undoing: ChildProcess | undefined;
  const started = (child: ChildProcess) => {
    undoing = child;
  };
  expect(await undo('7001', '2', {}, started)).toMatchObject({ outputs: { restored: functionName } });
  expect(await world.alias()).toBe('1');
});

test('a success that the run has recorded stands, whatever became of the run', async () => {
  await die('7001');
  await world.meddle('2');
  await tell('succeeded', 'v1.4.0', '7001');
  // All of its jobs are run again, and its health is bad this time: alias, records and parameters stay in step.
  await tell('started', 'v1.4.0', '7001', '2');
  const run = await undo('7001', '2');
  expect(run).toMatchObject({ code: 0, outputs: { restored: '', succeeded: 'true' } });
  expect(run.log).toMatch(/promote\/7001-1\/succeeded` says that this run has succeeded/);
  expect(await world.alias()).toBe('2');
});

test('what another run has done since is left alone', async () => {
  await die('7001');
  await tell('started', 'v1.5.0', '7002');
  await world.meddle('1', { '3': 0.1 });
  const run = await undo('7001', '2');
  expect(run).toMatchObject({ code: 0, outputs: { restored: '', succeeded: 'false' } });
  expect(run.log).toMatch(/7002-1\/started` says that another run came after this one/);
  expect(await world.alias()).toBe('1+3@0.1');
});

test('a run that has kept nothing, or recorded nothing, has changed nothing', async () => {
  await world.meddle('1', { '2': 0.1 });
  const first = await undo('7001');
  expect(first).toMatchObject({ code: 0, outputs: { restored: '' } });
  expect(first.log).toMatch(/this run has no backup of it, so it has changed nothing/);
  await keep('7001');
  const second = await undo('7001');
  expect(second).toMatchObject({ code: 0, outputs: { restored: '' } });
  expect(second.log).toMatch(/has recorded no deployment, so it has sent no request to one/);
  expect(await world.alias()).toBe('1+2@0.1');
});

test('records that cannot be read are no reason to leave it half done', async () => {
  await die('7001');
  world.sandbox.inject({ service: 'dynamodb', status: 403, code: 'AccessDeniedException' });
  const run = await undo('7001', '2');
  expect(run).toMatchObject({ code: 0, outputs: { restored: functionName } });
  expect(run.log).toMatch(/what this run had done could not be read .*AccessDeniedException/);
  expect(await world.alias()).toBe('1');
});
