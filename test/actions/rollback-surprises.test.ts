import { PutProvisionedConcurrencyConfigCommand } from '@aws-sdk/client-lambda';
import { afterEach, describe, expect, test } from '@jest/globals';
import { errorsOf } from '../bundle/run.ts';
import { functionName, type LambdaWorld, lambdaWorld } from './lambda-world.ts';

let world: LambdaWorld;
afterEach(() => world.close());

const base = { functions: functionName, alias: 'latest-prod', reason: 'errors rose', force: 'true' };
const rollback = (inputs: Readonly<Record<string, string>> = {}, run = '7002') =>
  world.run('rollback', { ...base, ...inputs }, { env: { GITHUB_RUN_ID: run } });

describe('provisioned concurrency, which Lambda moves to another version by weights of its own', () => {
  const start = async () => {
    world = await lambdaWorld(['sound', 'sound', 'broken'], { 'latest-prod': '2' });
    const settings = { Qualifier: 'latest-prod', ProvisionedConcurrentExecutions: 1 };
    await world.client.send(
      new PutProvisionedConcurrencyConfigCommand({ FunctionName: functionName, ...settings }),
    );
    await world.meddle('3');
  };

  test('is no canary: the version before is returned to, and the bad one kept, while it is moved', async () => {
    await start();
    expect(await world.alias()).toBe('3+2@1');
    const run = await rollback();
    expect(run).toMatchObject({ code: 0, outputs: { 'from-version': '3', 'to-version': '2' } });
    expect(await world.aliases()).toEqual({ 'latest-prod': '2', 'incident-20260303-200500': '3' });
  });

  test('is waited for, and where that takes too long it is told that Lambda has accepted the rollback', async () => {
    await start();
    await world.sandbox.clock.advance(60_000);
    const late = await rollback({ timeout: '10s' });
    expect(errorsOf(late)).toMatch(
      /did not become version 2 within 10s: it reads version 2 with 100% on version 3, as it does while Lambda moves provisioned concurrency.*Lambda accepted it.*run the step again/s,
    );
    const again = await rollback();
    expect(again).toMatchObject({ code: 0, outputs: { restored: functionName, 'from-version': '3' } });
    expect(await world.aliases()).toEqual({ 'latest-prod': '2', 'incident-20260303-200600': '3' });
    expect(world.writes().slice(-2)).toEqual(['CreateAlias', 'UpdateAlias']);
  });
});

test('a version whose snapshot is being made is given time to answer', async () => {
  world = await lambdaWorld(['sound', 'broken'], { 'latest-prod': '2' });
  const asleep = { service: 'lambda', operation: 'Invoke', status: 409, code: 'SnapStartNotReadyException' };
  world.sandbox.inject({ ...asleep, nth: 1, times: 4 });
  const run = await rollback({ 'health-payload': '{"path": "/health"}' });
  expect(run).toMatchObject({ code: 0, outputs: { restored: functionName, 'to-version': '1' } });
  expect(world.calls().filter((name) => name === 'Invoke')).toHaveLength(5);
});

describe('`previous` after a rollback', () => {
  test('by another run, without a backup: it stays, and does not go one version further', async () => {
    world = await lambdaWorld(['sound', 'sound', 'broken'], { 'latest-prod': '3' });
    expect((await rollback()).outputs['to-version']).toBe('2');
    const second = await rollback({}, '7003');
    expect(second).toMatchObject({ code: 0, outputs: { restored: '', 'to-version': '2' } });
    expect(second.log).toMatch(/was left as it is: .*it was rolled back from version 3 before/);
    expect(await world.alias()).toBe('2');
  });

  test('further back, by a version: it does not return to the bad one that the backup keeps', async () => {
    world = await lambdaWorld(['sound', 'broken', 'broken'], { 'latest-prod': '2' });
    await world.run('backup-alias', { function: functionName, alias: 'latest-prod' });
    await world.meddle('3');
    await rollback();
    await world.sandbox.clock.advance(60_000);
    await rollback({ target: '1' }, '7003');
    expect((await rollback({}, '7004')).outputs).toMatchObject({ restored: '', 'to-version': '1' });
    expect(await world.alias()).toBe('1');
  });
});
