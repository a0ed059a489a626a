import { afterEach, describe, expect, test } from '@jest/globals';
import { type Attributes, append, type RecordStore } from '@promo-actions/core/deployment';
import { errorsOf, type StepOptions } from '../bundle/run.ts';
import { functionName, type LambdaWorld, lambdaWorld } from './lambda-world.ts';

let world: LambdaWorld;
afterEach(() => world.close());

const shifted = { version: '1', canary: '2', weight: 0.1 };
type Aliases = Parameters<typeof lambdaWorld>[1];
const start = async (
  live: Aliases[string] = shifted,
  versions: Parameters<typeof lambdaWorld>[0] = ['sound', 'broken', 'sound'],
) => {
  world = await lambdaWorld(versions, { 'latest-prod': live });
};
const base = { functions: functionName, alias: 'latest-prod', reason: 'errors rose' };
const rollback = (
  inputs: Readonly<Record<string, string>> = {},
  options: { files?: Record<string, string>; runId?: string } = {},
) =>
  world.run(
    'rollback',
    { ...base, ...inputs },
    {
      ...(options.files ? { files: options.files } : {}),
      env: { GITHUB_RUN_ID: options.runId ?? '7001' },
    },
  );

test('clears a canary after keeping the bad version for study', async () => {
  await start();
  const run = await rollback();
  expect(run).toMatchObject({
    code: 0,
    outputs: {
      'from-version': '2',
      'to-version': '1',
      'incident-alias': 'incident-20260303-200510',
      restored: functionName,
      failed: '',
    },
  });
  expect(await world.aliases()).toEqual({ 'latest-prod': '1', 'incident-20260303-200510': '2' });
  expect(world.writes()).toEqual(['CreateAlias', 'UpdateAlias']);
  expect(run.log).toMatch(/Rolling back one alias in 10s, because: errors rose\. Cancel the run to stop it/);
  expect(run.summary).toMatch(/> errors rose[\s\S]*tenant-service:latest-prod \| 2 \| 1/);
});

test('leaves a release that was promoted again, whose backup keeps it', async () => {
  await start('1', ['sound', { handler: 'sound', description: 'v1.4.0' }]);
  const backup = (runId: string) =>
    world.run(
      'backup-alias',
      { function: functionName, alias: 'latest-prod', release: 'v1.4.0' },
      { env: { GITHUB_RUN_ID: runId } },
    );
  await backup('6000');
  await world.meddle('2');
  await world.sandbox.clock.advance(60_000);
  expect(await backup('6001')).toMatchObject({ outputs: { version: '2' } });
  const run = await rollback({ 'incident-alias': 'false' });
  expect(run.outputs).toMatchObject({ 'to-version': '1', restored: functionName });
  expect(run.log).toMatch(/`backup-20260303-200500`, the newest backup of another version, keeps it/);
  expect((await rollback()).outputs).toMatchObject({ 'to-version': '1', restored: '' });
});

test('twice changes nothing the second time, and is no failure', async () => {
  await start('2');
  await rollback();
  const again = await rollback();
  expect(again).toMatchObject({ code: 0, outputs: { restored: '', failed: '', 'to-version': '1' } });
  expect(again.outputs['incident-alias']).toBe('incident-20260303-200510');
  expect((await rollback({}, { runId: '7002' })).outputs).toMatchObject({
    restored: '',
    'incident-alias': '',
  });
  expect(again.log).toMatch(/on version 1 alone already; nothing to do/);
  expect(world.writes()).toEqual(['CreateAlias', 'UpdateAlias']);
});

test('with `only-from` it leaves alone what was moved on meanwhile', async () => {
  await start();
  await world.meddle('3');
  const moved = await rollback({ 'only-from': '2', target: '1' });
  expect(moved).toMatchObject({ code: 0, outputs: { restored: '', failed: '', 'to-version': '3' } });
  expect(moved.log).toMatch(/was left as it is: it carries version 3, and version 2 no more/);
  expect(await world.alias()).toBe('3');
  expect(world.writes()).toEqual(['UpdateAlias']); // the meddling's own
  const meant = await rollback({ 'only-from': '3', target: '1' });
  expect(meant).toMatchObject({ code: 0, outputs: { restored: functionName, 'to-version': '1' } });
});

test('returns to the newest backup of the alias, after a release that was completed', async () => {
  await start('1');
  const backup = await world.run('backup-alias', { function: functionName, alias: 'latest-prod' });
  await world.meddle('3');
  expect(await rollback({}, { runId: '7002' })).toMatchObject({
    code: 0,
    outputs: { 'from-version': '3', 'to-version': '1' },
  });
  expect(backup.outputs.version).toBe('1');
  expect(await world.alias()).toBe('1');
});

test('takes a backup alias by its name, a version, or a release', async () => {
  world = await lambdaWorld([{ handler: 'sound', description: 'v1.3.0' }, 'sound', 'broken'], {
    'latest-prod': '3',
    'backup-20260301-120000': '2',
  });
  await rollback({ target: 'backup-20260301-120000', 'incident-alias': 'false', force: 'true' });
  expect(await world.alias()).toBe('2');
  await rollback({ target: 'v1.3.0', 'incident-alias': 'false', force: 'true' });
  expect(await world.alias()).toBe('1');
  await rollback({ target: '3', 'incident-alias': 'false', force: 'true' });
  expect(await world.alias()).toBe('3');
});

test('`force` skips the delay', async () => {
  await start();
  expect(await rollback({ force: 'true' })).toMatchObject({
    outputs: { 'incident-alias': 'incident-20260303-200500' },
  });
});

describe('several functions', () => {
  const functions = ['tenants', 'events', 'sites'];
  const startSeveral = async () => {
    world = await lambdaWorld(['sound', 'sound'], { 'latest-prod': '2' });
    const code = ['v1', 'v2'].map((name) => ({ code: name }));
    const lambda = functions.map((name) => ({
      account: 'prod',
      function: name,
      versions: code,
      aliases: { 'latest-prod': '2' },
    }));
    await world.load({ lambda });
  };
  const updated = () =>
    world.sandbox
      .journal()
      .filter(({ operation, status }) => operation === 'UpdateAlias' && status === 200)
      .map(({ subject }) => subject.function);

  test('go in reverse order and on past one that is not there', async () => {
    await startSeveral();
    const run = await rollback({ functions: 'tenants, absent, sites' });
    expect(run).toMatchObject({
      code: 1,
      outputs: { restored: 'sites,tenants', failed: 'absent', 'to-version': 'sites=1,tenants=1' },
    });
    expect(updated()).toEqual(['sites', 'tenants']);
    expect(errorsOf(run)).toMatch(/1 of 3 failed; the others were rolled back/);
    expect(errorsOf(run)).toMatch(/`absent:latest-prod` failed.*ResourceNotFoundException/);
  });

  test('`all` takes the services of the policy', async () => {
    await startSeveral();
    const policy = `
environments: { prod: { alias: latest-prod } }
services: { tenants: { functions: [tenants] }, events: { functions: [events] }, sites: { functions: [sites] } }
`;
    const all = { functions: '', alias: '', all: 'true', environment: 'prod' };
    const run = await rollback(all, { files: { '.github/promotion.yml': policy } });
    expect(run).toMatchObject({ code: 0, outputs: { restored: 'sites,events,tenants' } });
    expect(updated()).toEqual(['sites', 'events', 'tenants']);
  });

  test('`all` without a policy says what it needs', async () => {
    await startSeveral();
    const run = await rollback({ functions: '', alias: '', all: 'true', environment: 'prod' });
    expect(run.code).toBe(1);
    expect(errorsOf(run)).toMatch(/all: needs the services of the policy.*Check the repository out/);
    expect(world.calls()).toEqual([]);
  });
});

describe('`target: last-good`', () => {
  const chain = { environment: 'prod', service: functionName, table: 'deployments' };
  /** The items that record-deployment would have written for releases that succeeded one after another. */
  const itemsOf = async (releases: readonly string[]) => {
    const items = new Map<string, Attributes>();
    const write = async (item: Attributes) => void items.set(String(item.deployment_id), item);
    const store: RecordStore = {
      place: 'memory',
      find: async (id) => items.get(id),
      findAll: async () => new Map(),
      add: (item) => write(item).then(() => 'added'),
      moveHead: (item) => write(item).then(() => 'done'),
    };
    for (const [index, release] of releases.entries()) {
      await append(store, {
        environment: chain.environment,
        service: chain.service,
        deployment: release,
        timestamp: `2026-03-0${index + 1}T20:00:00Z`,
        action: 'promote',
        status: 'succeeded',
        toVersion: release,
        actor: 'release-manager',
        run: { repository: 'example/tenant-service', id: '6000', attempt: 1, url: '' },
        gates: [],
        components: [],
      });
    }
    return [...items.values()];
  };
  const startRecorded = async (told: readonly string[] = ['v1.2.0', 'v1.3.0', 'v1.4.0']) => {
    const releases = ['v1.2.0', 'v1.3.0', 'v1.4.0'];
    const dynamodb = [
      { account: 'prod', table: chain.table, key: 'deployment_id', items: await itemsOf(told) },
    ];
    const versions = releases.map((description) => ({ handler: 'sound' as const, description }));
    world = await lambdaWorld(versions, { 'latest-prod': '3' }, { dynamodb });
  };

  test('is the release before the bad one by the records, and a second time it stays', async () => {
    await startRecorded();
    expect(await rollback({ ...chain, target: 'last-good' })).toMatchObject({
      code: 0,
      outputs: { 'from-version': '3', 'to-version': '2' },
    });
    const again = await rollback({ ...chain, target: 'last-good' }, { runId: '7002' });
    expect(again).toMatchObject({ code: 0, outputs: { restored: '', 'to-version': '2' } });
    expect(await world.alias()).toBe('2');
  });

  test('passes over records of versions that are not there, and says so where there are no others', async () => {
    await startRecorded(['v1.2.0', 'v0.9.0', 'v1.4.0']);
    expect(await rollback({ ...chain, target: 'last-good', 'dry-run': 'true' })).toMatchObject({
      code: 0,
      outputs: { 'from-version': '3', 'to-version': '1' },
    });
    await world.close();
    await startRecorded(['v0.8.0', 'v0.9.0']);
    const run = await rollback({ ...chain, target: 'last-good' });
    expect(run.code).toBe(1);
    expect(errorsOf(run)).toMatch(
      /no record tells of a deployment that succeeded with another version that is/,
    );
    expect(world.writes()).toEqual([]);
  });

  test('without records says what to give instead', async () => {
    await startRecorded();
    const run = await rollback({ ...chain, service: 'sites', target: 'last-good' });
    expect(run.code).toBe(1);
    expect(errorsOf(run)).toMatch(/no record tells of a deployment.*Give `previous`/);
    expect(await world.alias()).toBe('3');
  });

  test('names what it needs', async () => {
    await startRecorded();
    const errors = errorsOf(await rollback({ target: 'last-good' }));
    for (const input of ['table', 'environment', 'service']) expect(errors).toContain(`${input}: is missing`);
  });
});

test('a restored version that does not answer well fails, saying that it serves', async () => {
  await start('3', ['unwell', 'sound', 'sound']);
  const run = await rollback({ target: '1', 'health-payload': '{}', timeout: '10s' });
  expect(run).toMatchObject({ code: 1, outputs: { restored: '', failed: functionName, 'to-version': '1' } });
  expect(errorsOf(run)).toMatch(/on version 1 now, but is not healthy: status 503 from version 1/);
  expect(await world.alias()).toBe('1');
});

test('a healthy one passes its verification', async () => {
  await start();
  expect(await rollback({ 'health-payload': '{"path": "/health"}' })).toMatchObject({
    code: 0,
    outputs: { restored: functionName },
  });
  expect(world.calls()).toContain('Invoke');
});

test('an incident alias that may not be made does not stop it', async () => {
  await start();
  world.sandbox.inject({
    service: 'lambda',
    operation: 'CreateAlias',
    status: 403,
    code: 'AccessDeniedException',
  });
  const run = await rollback();
  expect(run).toMatchObject({ code: 0, outputs: { restored: functionName, 'incident-alias': '' } });
  expect(run.annotations[0]).toMatchObject({
    level: 'warning',
    message: expect.stringMatching(/the rollback goes on.*lambda:CreateAlias/),
  });
});

test('throttling, a lost answer and a broken connection do not keep it from the end', async () => {
  await start();
  world.sandbox.inject({
    service: 'lambda',
    status: 429,
    code: 'TooManyRequestsException',
    nth: 1,
    times: 2,
  });
  world.sandbox.inject({ service: 'lambda', operation: 'UpdateAlias', drop: 'after', nth: 1, times: 1 });
  world.sandbox.inject({ service: 'lambda', operation: 'CreateAlias', drop: 'before', nth: 1, times: 1 });
  expect(await rollback()).toMatchObject({ code: 0, outputs: { restored: functionName } });
  expect(await world.alias()).toBe('1');
});

test('a dry run changes nothing and waits for nobody', async () => {
  await start();
  const run = await rollback({ 'dry-run': 'true' });
  expect(run).toMatchObject({ code: 0, outputs: { restored: '', 'from-version': '2', 'to-version': '1' } });
  expect(run.summary).toMatch(/Rollback \(dry run\)/);
  expect(world.writes()).toEqual([]);
  expect(world.sandbox.clock.now()).toBe(Date.parse('2026-03-03T20:05:00Z'));
});

test('cancelled in the safety delay, it has changed nothing and says so', async () => {
  await start();
  world.sandbox.clock.hold('somebody at work');
  const cancel: StepOptions['started'] = (child) =>
    child.stdout?.on('data', (chunk) => String(chunk).includes('Rolling back') && child.kill('SIGINT'));
  const inputs = { ...base, 'safety-delay': '5m' };
  const run = await world.run('rollback', inputs, { started: cancel });
  world.sandbox.clock.release('somebody at work');
  expect(run.code).toBe(1);
  expect(errorsOf(run)).toMatch(/cancelled while waiting to roll back; nothing was changed/);
  expect(await world.alias()).toBe('1+2@0.1');
});

test('every wrong input at once, and nothing called', async () => {
  await start();
  const wrong = {
    functions: 'a b, c',
    alias: '7',
    target: '$LATEST',
    reason: '',
    force: 'yes',
    'health-payload': '{',
    'safety-delay': '10',
  };
  const run = await rollback(wrong);
  expect(run.code).toBe(1);
  for (const input of ['functions', 'alias', 'target', 'reason', 'force', 'health-payload', 'safety-delay'])
    expect(errorsOf(run)).toContain(`${input}: `);
  expect(world.calls()).toEqual([]);
});

test.each([
  [
    'a number for several functions',
    { functions: 'tenants,sites', target: '3' },
    /target: got "3", but each function counts its versions for itself/,
  ],
  [
    '`all` with a service',
    { all: 'true', environment: 'prod', service: 'tenants' },
    /service: contradicts `all`/,
  ],
  ['`all` without an environment', { all: 'true' }, /environment: is missing/],
])('%s is a contradiction', async (_, inputs, message) => {
  await start();
  expect(errorsOf(await rollback(inputs))).toMatch(message);
  expect(world.calls()).toEqual([]);
});

test('a target that is not there lists what is', async () => {
  await start('2');
  expect(errorsOf(await rollback({ target: 'v9.9.9' }))).toMatch(
    /called `v9.9.9`; backups are none, versions 1, 2, 3/,
  );
  expect(world.writes()).toEqual([]);
});
