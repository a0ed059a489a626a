import { DynamoDBClient, GetItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { errorsOf, runAction, type StepRun } from '../bundle/run.ts';
import { clientConfiguration } from '../sandbox/aws.ts';
import { functionName, type LambdaWorld, lambdaWorld } from './lambda-world.ts';

const foreign = { deployment_id: 'deploy-20250101', environment: 'prod', tags: ['old'] };
const tables = [
  { account: 'prod', table: 'deployments', key: 'deployment_id', items: [foreign] },
  { account: 'prod', table: 'sorted', key: 'deployment_id', sort: 'timestamp' },
];
const place = { environment: 'prod', service: 'tenant-service' };
const base = { ...place, table: 'deployments', wait: '0s' };

let world: LambdaWorld;
let dynamo: DynamoDBClient;

beforeEach(async () => {
  world = await lambdaWorld(['sound', 'sound', 'sound'], { 'latest-prod': '1' }, { dynamodb: tables });
  dynamo = new DynamoDBClient(clientConfiguration(world.sandbox));
});
afterEach(async () => {
  dynamo.destroy();
  await world.close();
});

const env = (run: string, attempt = '1') => ({ GITHUB_RUN_ID: run, GITHUB_RUN_ATTEMPT: attempt });
const lock = (run: string, inputs: Readonly<Record<string, string>> = {}, attempt = '1') =>
  world.run('deployment-lock', { ...base, ...inputs }, { env: env(run, attempt) });
/** The same while other steps run, whose calls are not the lock's. */
const lockBeside = (run: string) => {
  const inputs = { ...base, force: 'true' };
  return runAction('deployment-lock', { inputs, env: env(run), sandbox: world.sandbox.environment() });
};
const postOf = (run: StepRun, inputs: Readonly<Record<string, string>> = {}) =>
  world.run('deployment-lock', { ...base, ...inputs }, { postOf: run });
/** What a promotion's step does under its lock. */
const shift = (token: string | undefined, inputs: Readonly<Record<string, string>>) =>
  runAction('canary-shift', {
    sandbox: world.sandbox.environment(),
    inputs: {
      ...place,
      ...inputsOf(inputs),
      'lock-table': 'deployments',
      'fencing-token': token ?? '',
    },
  });

/** The lock as the SDK reads it. */
async function item(): Promise<Readonly<Record<string, string | undefined>>> {
  const Key = { deployment_id: { S: 'lock#prod#tenant-service' } };
  const { Item = {} } = await dynamo.send(
    new GetItemCommand({ TableName: 'deployments', Key, ConsistentRead: true }),
  );
  return Object.fromEntries(Object.entries(Item).map(([name, value]) => [name, value.S ?? value.N]));
}

describe('the lock', () => {
  test('is taken, told, kept from another run, and released at the job’s end', async () => {
    const first = await lock('7001', { reason: 'promote v1.4.0' });
    expect(first.code).toBe(0);
    expect(first.outputs).toEqual({
      'fencing-token': '1',
      holder: 'run 7001 of example/tenant-service, job deploy, by release-manager',
      'acquired-at': '2026-03-03T20:05:00Z',
      'expires-at': '2026-03-03T22:05:00Z',
      table: 'deployments',
      changed: 'true',
    });
    expect(first.summary).toContain('run 7001 of example/tenant-service');
    expect(await item()).toMatchObject({
      lock_state: 'held',
      run_url: 'https://github.com/example/tenant-service/actions/runs/7001',
    });

    const second = await lock('7002');
    expect(second.code).toBe(1);
    expect(errorsOf(second)).toMatch(
      /run 7001 of example\/tenant-service, job deploy, by release-manager holds it: it was taken 2026-03-03T20:05:00Z for: promote v1\.4\.0; its lease runs out in 2h/i,
    );
    await postOf(second);
    expect((await item()).lock_state).toBe('held');

    expect((await postOf(first)).log).toContain('Released the lock of `tenant-service` in `prod`.');
    expect(await item()).toMatchObject({ lock_state: 'released', fencing_token: '1' });
    expect((await lock('7002')).outputs['fencing-token']).toBe('2');
    await postOf(first);
    expect(await item()).toMatchObject({ lock_state: 'held', run_id: '7002' });
  });

  test('is waited for, telling who holds it', async () => {
    const first = await lock('7001', { lease: '5m' });
    const second = await lock('7002', { wait: '30m' });
    expect(second.outputs).toMatchObject({ 'fencing-token': '2' });
    expect(second.log).toMatch(
      /Waiting for the lock of `tenant-service` in `prod` \(\d+ms of 30m\)\. run 7001/,
    );
    expect(Date.parse(second.outputs['acquired-at'] ?? '')).toBeGreaterThan(
      Date.parse(first.outputs['expires-at'] ?? '') + 10 * 60_000,
    );
  });

  test('is shared within an attempt, and taken over by the next attempt of the run', async () => {
    await lock('7001');
    const shared = await lock('7001');
    expect(shared.outputs['fencing-token']).toBe('1');
    await postOf(shared);
    expect((await item()).lock_state).toBe('held');
    expect((await lock('7001', {}, '2')).outputs['fencing-token']).toBe('2');
  });

  test('is taken by force, naming who had it', async () => {
    await lock('7001');
    const forced = await lock('7002', { force: 'true' });
    expect(forced.outputs['fencing-token']).toBe('2');
    expect(forced.annotations).toEqual([
      { level: 'warning', message: expect.stringContaining('from run 7001 of example/tenant-service') },
    ]);
    expect((await item()).taken_from).toContain('run 7001');
  });

  test('is renewed and released by its token from another job', async () => {
    const { outputs } = await lock('7001', { post: 'keep' });
    await world.sandbox.clock.advance(60 * 60_000);
    const token = { 'fencing-token': outputs['fencing-token'] ?? '' };
    const renewed = await lock('7003', { operation: 'renew', lease: '3h', ...token });
    expect(renewed.outputs['expires-at']).toBe('2026-03-04T00:05:00Z');
    expect((await lock('7003', { operation: 'release', ...token })).outputs).toMatchObject({
      changed: 'true',
      holder: '',
    });
    expect((await lock('7003', { operation: 'release', ...token })).outputs.changed).toBe('false');
    const late = await lock('7003', { operation: 'renew', ...token });
    expect(errorsOf(late)).toContain('is no longer held with token 1');
    expect(errorsOf(late)).toMatch(/it was released/i);
  });

  test('taken by a run that was told to keep it is left by its post', async () => {
    const kept = await lock('7001', { post: 'keep' });
    await postOf(kept, { post: 'keep' });
    expect((await item()).lock_state).toBe('held');
  });

  test('taken by a process that was killed before it heard of it is released by its post', async () => {
    world.sandbox.inject({ service: 'dynamodb', operation: 'PutItem', drop: 'after', times: 5 });
    const killed = await lock('7001');
    expect(killed.code).toBe(1);
    expect((await item()).lock_state).toBe('held');
    await world.sandbox.clock.advance(1);
    await postOf(killed);
    expect((await item()).lock_state).toBe('released');
  });

  test.each([
    ['an answer lost', { operation: 'PutItem', drop: 'after' as const, times: 1 }],
    ['throttling', { status: 400, code: 'ProvisionedThroughputExceededException', times: 2 }],
    ['a failing service', { status: 500, times: 2 }],
  ])('survives %s', async (_, fault) => {
    world.sandbox.inject({ service: 'dynamodb', ...fault });
    const first = await lock('7001');
    expect([first.code, first.outputs['fencing-token']]).toEqual([0, '1']);
    await postOf(first);
    expect((await item()).lock_state).toBe('released');
  });

  test('of a dry run is not taken', async () => {
    const before = world.calls().length;
    const dry = await lock('7001', { 'dry-run': 'true' });
    expect(dry.log).toContain('Dry run: would take the lock');
    expect(world.calls().slice(before)).toEqual(['GetItem']);
    await postOf(dry, { 'dry-run': 'true' });
    expect(await item()).toEqual({});
  });

  test('leaves what others keep in the table alone', async () => {
    await postOf(await lock('7001'));
    const { Items = [] } = await dynamo.send(new ScanCommand({ TableName: 'deployments' }));
    expect(Items).toHaveLength(2);
    expect(Items.find(({ deployment_id }) => deployment_id?.S === 'deploy-20250101')?.tags).toEqual({
      L: [{ S: 'old' }],
    });
  });
});

describe('bad input', () => {
  test('is told at once, and nothing is called', async () => {
    const before = world.calls().length;
    const run = await world.run('deployment-lock', {
      operation: 'renew',
      table: 'a b',
      lease: '5s',
      wait: 'soon',
      force: 'true',
    });
    for (const input of ['environment', 'service', 'table', 'lease', 'wait', 'force', 'fencing-token'])
      expect([input, errorsOf(run)]).toEqual([input, expect.stringContaining(`  ${input}: `)]);
    expect(world.calls()).toHaveLength(before);
  });

  test('a table that is not there, or is keyed otherwise, is named with what to do', async () => {
    expect(errorsOf(await lock('7001', { table: 'locks' }))).toMatch(
      /There is no table `locks` in af-south-1.*aws dynamodb create-table --table-name locks/s,
    );
    expect(errorsOf(await lock('7001', { table: 'sorted' }))).toContain('not keyed by `deployment_id` alone');
  });

  test('a lock that nobody ever took is told', async () => {
    const run = await lock('7001', { operation: 'renew', 'fencing-token': '4' });
    expect(errorsOf(run)).toMatch(/there is no such lock/i);
  });

  test('a token without its lock is told', async () => {
    const run = await world.run('canary-shift', {
      function: functionName,
      alias: 'latest-prod',
      version: '2',
      weight: '10',
      'fencing-token': '1',
    });
    for (const input of ['lock-table', 'environment', 'service'])
      expect(errorsOf(run)).toContain(`  ${input}: is missing; \`fencing-token\` needs it`);
  });
});

describe('two promotions of one service never both move an alias', () => {
  test('when many processes race, one gets the lock, and it alone moves the alias', async () => {
    const runs = await Promise.all(
      Array.from({ length: 6 }, async (_, index) => {
        const run = String(8001 + index);
        const sandbox = world.sandbox.environment();
        const locked = await runAction('deployment-lock', { inputs: base, env: env(run), sandbox });
        const token = locked.outputs['fencing-token'];
        // Whoever did not get it tries all the same, with the token that would have come next.
        const shifted = await shift(token ?? '0', { version: '2', weight: String(10 + index) });
        return { locked, shifted };
      }),
    );
    expect(runs.filter(({ locked }) => locked.code === 0)).toHaveLength(1);
    const moved = runs.filter(({ shifted }) => shifted.outputs.changed === 'true');
    expect(moved).toHaveLength(1);
    expect(moved[0]?.locked.code).toBe(0);
    expect(world.writes().filter((name) => name === 'UpdateAlias')).toHaveLength(1);
  });

  test('when all wait, they come one after the other, each with a higher token, and all at the end have had it', async () => {
    const runs = await Promise.all(
      Array.from({ length: 4 }, async (_, index) => {
        const run = env(String(8001 + index));
        const sandbox = world.sandbox.environment();
        const inputs = { ...base, wait: '2h' };
        const locked = await runAction('deployment-lock', { inputs, env: run, sandbox });
        const until = await item();
        await runAction('deployment-lock', { inputs, env: run, sandbox, postOf: locked });
        return { token: Number(locked.outputs['fencing-token']), held: until.run_id, run: run.GITHUB_RUN_ID };
      }),
    );
    expect(runs.map(({ token }) => token).sort()).toEqual([1, 2, 3, 4]);
    for (const { held, run } of runs) expect(held).toBe(run);
  });

  test('when the holder sleeps past its lease and wakes: it moves nothing more, and takes back its own canary', async () => {
    const first = (await lock('7001', { lease: '30m' })).outputs['fencing-token'];
    const started = await shift(first, { version: '2', weight: '10' });
    expect(await world.alias()).toBe('1+2@0.1');

    await world.sandbox.clock.advance(41 * 60_000);
    const second = (await lock('7002')).outputs['fencing-token'];
    expect(second).toBe('2');
    const woken = await shift(first, { version: '2', complete: 'true' });
    expect(woken.code).toBe(1);
    expect(errorsOf(woken)).toMatch(
      /The lock of `tenant-service` in `prod` is no longer held with token 1.*run 7002 .* holds it with token 2/is,
    );
    expect(await world.alias()).toBe('1+2@0.1');
    const blocked = await shift(second, { version: '3', weight: '10', 'expected-stable-version': '1' });
    expect(blocked.code).toBe(1);

    await world.run('canary-shift', inputsOf({ version: '2', weight: '10' }), { postOf: started });
    expect(await world.alias()).toBe('1');
    expect((await shift(second, { version: '3', weight: '10' })).code).toBe(0);
    expect(await world.alias()).toBe('1+3@0.1');
  });

  test('when the holder sleeps past its lease and nobody came: it goes on, its lease renewed', async () => {
    const token = (await lock('7001', { lease: '30m' })).outputs['fencing-token'] ?? '';
    await world.sandbox.clock.advance(3 * 60 * 60_000);
    const fenced = { ...place, 'lock-table': 'deployments', 'fencing-token': token };
    const moved = await world.run('canary-shift', inputsOf({ ...fenced, version: '2', weight: '10' }));
    expect(moved.code).toBe(0);
    expect((await item()).expires_at).toBe('2026-03-03T23:35:00Z');
    expect(errorsOf(await lock('7002'))).toContain('run 7001');
  });

  test('when the holder sleeps after it asked for its lock, its change comes too late to have an effect', async () => {
    const { clock } = world.sandbox;
    const token = (await lock('7001')).outputs['fencing-token'];
    world.sandbox.inject({ service: 'lambda', operation: 'UpdateAlias', latency: '3h', times: 1 });
    clock.hold('the sleep');
    const sleeper = shift(token, { version: '2', weight: '10' });
    while ((await item()).lock_revision !== '2') await new Promise((resolve) => setTimeout(resolve, 50));
    const next = (await lockBeside('7002')).outputs['fencing-token'];
    const moved = await shift(next, { version: '3', weight: '20' });
    clock.release('the sleep');
    expect(moved.outputs.changed).toBe('true');
    expect((await sleeper).code).toBe(1);
    expect(clock.now()).toBeGreaterThan(Date.parse('2026-03-03T23:00:00Z'));
    expect(await world.alias()).toBe('1+3@0.2');
  });

  test('rollback and records ask for the lock as well', async () => {
    const old = (await lock('7001')).outputs['fencing-token'] ?? '';
    await lock('7002', { force: 'true' });
    await world.meddle('2');
    const fenced = { ...place, 'lock-table': 'deployments', 'fencing-token': old };
    const back = await world.run('rollback', {
      ...fenced,
      functions: functionName,
      alias: 'latest-prod',
      target: '1',
      reason: 'test',
      force: 'true',
    });
    expect(errorsOf(back)).toContain('no longer held with token 1');
    expect(await world.aliases()).toEqual({ 'latest-prod': '2' });

    const record = (status: string, more: Readonly<Record<string, string>> = {}) =>
      world.run('record-deployment', {
        ...place,
        table: 'deployments',
        'fencing-token': old,
        status,
        'to-version': 'v1.4.0',
        parameters: 'false',
        ...more,
      });
    for (const status of ['started', 'succeeded'])
      expect(errorsOf(await record(status))).toContain('no longer held with token 1');
    expect((await record('failed', { reason: 'lost the lock' })).outputs.sequence).toBe('1');
    expect((await record('succeeded', { 'fencing-token': '2' })).outputs.sequence).toBe('2');
  });
});

function inputsOf(inputs: Readonly<Record<string, string>>) {
  return { function: functionName, alias: 'latest-prod', ...inputs };
}
