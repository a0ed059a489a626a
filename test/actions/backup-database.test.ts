import {
  DescribeDBClusterSnapshotsCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Contract } from '@promo-actions/core/action';
import { type Sandbox, startSandbox, type World } from '@promo-actions/sandbox';
import { errorsOf, runAction, type StepOptions } from '../bundle/run.ts';
import { clientConfiguration } from '../sandbox/aws.ts';

const accounts = { prod: { id: '222222222222', region: 'af-south-1' } };
const start = '2026-03-03T20:05:00Z';
const old = (id: string, at: string, promotion?: string, named = id) => ({
  id,
  at,
  ...(promotion ? { tags: { 'promo-actions:promotion': promotion, 'promo-actions:snapshot': named } } : {}),
});

let sandbox: Sandbox;
let rds: RDSClient;

beforeAll(async () => {
  sandbox = await startSandbox({ start, world: { accounts } });
  rds = new RDSClient(clientConfiguration(sandbox));
});
afterAll(async () => {
  rds.destroy();
  await sandbox.close();
});

const load = (...entries: NonNullable<World['rds']>) => sandbox.load({ accounts, rds: entries });

/** Runs the bundle, and holds every call to the permissions of the contract. */
async function run(inputs: Readonly<Record<string, string>>, env: StepOptions['env'] = {}) {
  const before = sandbox.journal().length;
  const step = await runAction('backup-database', { inputs, env, sandbox: sandbox.environment() });
  const { contract } = (await import('../../actions/backup-database/src/contract.ts')) as {
    contract: Contract;
  };
  const calls = sandbox.journal().slice(before);
  const used = new Set(calls.map(({ service, operation }) => `${service}:${operation}`));
  expect([...used].filter((one) => !contract.permissions.aws?.includes(one))).toEqual([]);
  return {
    ...step,
    writes: calls.map(({ operation }) => operation).filter((name) => !name.startsWith('Describe')),
  };
}

async function snapshots(): Promise<readonly string[]> {
  const { DBSnapshots = [] } = await rds.send(new DescribeDBSnapshotsCommand({}));
  const { DBClusterSnapshots = [] } = await rds.send(new DescribeDBClusterSnapshotsCommand({}));
  return [
    ...DBSnapshots.map(({ DBSnapshotIdentifier: id, Status }) => `${id} ${Status}`),
    ...DBClusterSnapshots.map(({ DBClusterSnapshotIdentifier: id, Status }) => `${id} ${Status}`),
  ];
}

test('a cluster: dry, in earnest with progress, again in the same run, and old ones of its own removed', async () => {
  await load({
    account: 'prod',
    cluster: 'tenants-prod',
    engine: 'aurora-postgresql',
    'snapshot-takes': '10m',
    snapshots: [
      old('mine-1', '2026-02-01T00:00:00Z', '7001'), // by this very run, whose job is repeated after a month
      old('mine-2', '2026-02-02T00:00:00Z', '101'),
      old('by-hand', '2025-01-01T00:00:00Z'),
      old('copy', '2025-01-01T00:00:00Z', '100', 'mine-1'), // RDS copies tags, too
    ],
  });
  const inputs = { cluster: 'tenants-prod', environment: 'prod', service: 'tenant-service', retain: '2' };
  const dry = await run({ ...inputs, 'dry-run': 'true' });
  expect(dry.writes).toEqual([]);
  expect(dry.outputs).toMatchObject({ status: '', changed: 'false', pruned: 'mine-1' });
  expect(dry.log).toContain(
    'Dry run: snapshot `promotion-tenants-prod-20260303-200500` of cluster `tenants-prod` would be made.',
  );

  const made = await run(inputs);
  expect(errorsOf(made)).toBe('');
  expect(made.outputs).toMatchObject({
    'snapshot-id': expect.stringMatching(/^promotion-tenants-prod-20260303-20\d{4}$/),
    ...{
      status: 'available',
      engine: 'aurora-postgresql 16.4',
      encrypted: 'true',
      changed: 'true',
      pruned: 'mine-1',
    },
  });
  expect(made.log).toMatch(/Snapshot `promotion-tenants-prod-[\d-]+`: 50 % \(5m of 1h\)\./);
  expect(made.summary).toMatch(/aws rds restore-db-cluster-from-snapshot .* --engine aurora-postgresql`/);
  const id = made.outputs['snapshot-id'];
  expect(await snapshots()).toEqual([
    'mine-2 available',
    'by-hand available',
    'copy available',
    `${id} available`,
  ]);

  const again = await run(inputs);
  expect(again.outputs).toMatchObject({ 'snapshot-id': id, changed: 'false' });
  expect(again.writes).toEqual([]);
  const other = await run(inputs, { GITHUB_RUN_ID: '7002' });
  expect(other.outputs).toMatchObject({ changed: 'true', pruned: 'mine-2' });
});

test('an instance: waits until it is available, and an answer that is lost makes no second snapshot', async () => {
  await load({
    account: 'prod',
    instance: 'orders-prod',
    status: 'modifying',
    'available-at': new Date(sandbox.clock.now() + 120_000).toISOString(),
  });
  sandbox.inject({ service: 'rds', operation: 'CreateDBSnapshot', nth: 1, drop: 'after' });
  sandbox.inject({
    service: 'rds',
    operation: 'DescribeDBSnapshots',
    nth: 2,
    times: 2,
    status: 400,
    code: 'Throttling',
  });
  const made = await run({ instance: 'orders-prod' });
  expect(errorsOf(made)).toBe('');
  expect(made.log).toContain('Waiting until instance `orders-prod` is available; it is `modifying`.');
  expect(await snapshots()).toEqual([`${made.outputs['snapshot-id']} available`]);
});

test('what cannot be is told with what to do', async () => {
  await load(
    { account: 'prod', cluster: 'tenants-prod', members: ['tenants-prod-1'] },
    { account: 'prod', instance: 'asleep', status: 'stopped' },
    { account: 'prod', instance: 'broken', 'snapshot-ends': 'failed' },
    { account: 'prod', instance: 'slow', 'snapshot-takes': '5h' },
  );
  const told = async (inputs: Readonly<Record<string, string>>) => errorsOf(await run(inputs));
  expect(await told({ instance: 'nobody' })).toMatch(
    /Instance `nobody` could not be read.*describe-db-instances/is,
  );
  expect(await told({ instance: 'tenants-prod-1' })).toContain('Give `cluster: tenants-prod`');
  expect(await told({ instance: 'asleep' })).toMatch(/is `stopped`; no snapshot can be made of it. Start it/);
  expect(await told({ instance: 'broken' })).toMatch(/did not succeed.*RDS says it is `failed`/s);
  const slow = { instance: 'slow', timeout: '30m' };
  expect(await told(slow)).toMatch(/is not whole after 30m.*RDS says 10 %.*run again, which finds it/s);
  await sandbox.clock.advance(5 * 3_600_000);
  const found = await run(slow);
  expect(found.outputs).toMatchObject({ changed: 'false', status: 'available' });
});

test('a full quota is told', async () => {
  await load({ account: 'prod', instance: 'orders' }, { account: 'prod', 'snapshot-quota': 0 });
  expect(errorsOf(await run({ instance: 'orders' }))).toMatch(
    /as many manual snapshots in this region as it may.*SnapshotQuotaExceeded.*Service Quotas/s,
  );
});

test('a database is one or the other, and all mistakes are told at once', async () => {
  const calls = sandbox.journal().length;
  const both = await run({ instance: 'a', cluster: 'b', interval: '10ms' });
  expect(errorsOf(both)).toMatch(/cluster: contradicts `instance`.*interval: is too short/s);
  expect(errorsOf(await run({}))).toContain('instance: is missing');
  expect(sandbox.journal()).toHaveLength(calls);
});
