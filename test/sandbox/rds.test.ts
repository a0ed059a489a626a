import {
  CreateDBClusterSnapshotCommand,
  CreateDBSnapshotCommand,
  DeleteDBSnapshotCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '@promo-actions/sandbox';
import { aws, clientConfiguration, hasAwsCli } from './aws.ts';

let sandbox: Sandbox;
let rds: RDSClient;

beforeAll(async () => {
  sandbox = await startSandbox({
    start: '2026-03-03T20:00:00Z',
    world: {
      accounts: {
        prod: { id: '222222222222', region: 'af-south-1' },
        full: { id: '333333333333', region: 'af-south-1' },
      },
      rds: [
        {
          account: 'prod',
          instance: 'Orders-prod',
          snapshots: Array.from({ length: 24 }, (_, index) => ({
            id: `old-${index}`,
            at: '2026-01-01T00:00:00Z',
            tags: { by: 'hand' },
          })),
        },
        {
          account: 'prod',
          cluster: 'tenants-prod',
          engine: 'aurora-postgresql',
          members: ['tenants-prod-1'],
          'snapshot-takes': '10m',
        },
        {
          account: 'prod',
          instance: 'changing',
          status: 'modifying',
          'available-at': '2026-03-03T21:00:00Z',
        },
        { account: 'full', instance: 'orders' },
        { account: 'full', 'snapshot-quota': 0 },
      ],
    },
  });
  rds = new RDSClient(clientConfiguration(sandbox));
});
afterAll(async () => {
  rds.destroy();
  await sandbox.close();
});

const shoot = (DBInstanceIdentifier: string, DBSnapshotIdentifier: string) =>
  rds.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier, DBSnapshotIdentifier }));
const instance = async (DBInstanceIdentifier: string) =>
  (await rds.send(new DescribeDBInstancesCommand({ DBInstanceIdentifier }))).DBInstances?.[0];

test('an instance has its facts, and is backing up while its snapshot is made', async () => {
  expect(await instance('orders-prod')).toMatchObject({
    DBInstanceIdentifier: 'orders-prod',
    DBInstanceStatus: 'available',
    Engine: 'postgres',
    StorageEncrypted: true,
    DBInstanceArn: 'arn:aws:rds:af-south-1:222222222222:db:orders-prod',
  });
  const { DBSnapshot } = await rds.send(
    new CreateDBSnapshotCommand({
      DBInstanceIdentifier: 'orders-prod',
      DBSnapshotIdentifier: 'Promotion-1',
      Tags: [{ Key: 'run', Value: '7001' }],
    }),
  );
  expect(DBSnapshot).toMatchObject({
    DBSnapshotIdentifier: 'promotion-1',
    Status: 'creating',
    PercentProgress: 0,
  });
  expect((await instance('orders-prod'))?.DBInstanceStatus).toBe('backing-up');
  await expect(shoot('orders-prod', 'promotion-2')).rejects.toMatchObject({
    name: 'InvalidDBInstanceStateFault',
  });
  await expect(
    rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: 'promotion-1' })),
  ).rejects.toMatchObject({ name: 'InvalidDBSnapshotStateFault' });
  await sandbox.clock.advance(180_000);
  const half = await rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: 'promotion-1' }));
  expect(half.DBSnapshots?.[0]).toMatchObject({
    PercentProgress: 50,
    TagList: [{ Key: 'run', Value: '7001' }],
  });
  await sandbox.clock.advance(180_000);
  const whole = await rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: 'promotion-1' }));
  expect(whole.DBSnapshots?.[0]).toMatchObject({ Status: 'available', PercentProgress: 100 });
  await rds.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: 'promotion-1' }));
});

test('lists come in pages', async () => {
  const first = await rds.send(
    new DescribeDBSnapshotsCommand({
      DBInstanceIdentifier: 'orders-prod',
      SnapshotType: 'manual',
      MaxRecords: 20,
    }),
  );
  expect(first.DBSnapshots).toHaveLength(20);
  const rest = await rds.send(
    new DescribeDBSnapshotsCommand({
      DBInstanceIdentifier: 'orders-prod',
      MaxRecords: 20,
      Marker: first.Marker,
    }),
  );
  expect(rest.DBSnapshots).toHaveLength(4);
  expect(rest.Marker).toBeUndefined();
});

test('a cluster has members, which are not snapshot by themselves', async () => {
  const { DBClusters } = await rds.send(new DescribeDBClustersCommand({}));
  expect(DBClusters).toMatchObject([
    {
      DBClusterIdentifier: 'tenants-prod',
      Status: 'available',
      DBClusterMembers: [{ DBInstanceIdentifier: 'tenants-prod-1' }],
    },
  ]);
  expect((await instance('tenants-prod-1'))?.DBClusterIdentifier).toBe('tenants-prod');
  await expect(shoot('tenants-prod-1', 'x')).rejects.toMatchObject({ name: 'InvalidParameterValue' });
  const order = { DBClusterIdentifier: 'tenants-prod', DBClusterSnapshotIdentifier: 'c-1' };
  await rds.send(new CreateDBClusterSnapshotCommand(order));
  await expect(rds.send(new CreateDBClusterSnapshotCommand(order))).rejects.toMatchObject({
    name: 'DBClusterSnapshotAlreadyExistsFault',
  });
  const { DBClusterSnapshots } = await rds.send(
    new DescribeDBClusterSnapshotsCommand({ DBClusterIdentifier: 'tenants-prod' }),
  );
  expect(DBClusterSnapshots).toMatchObject([{ DBClusterSnapshotIdentifier: 'c-1', Status: 'creating' }]);
});

describe('refuses', () => {
  test.each([
    ['no such instance', () => shoot('nobody', 'a'), 'DBInstanceNotFoundFault'],
    ['a state that is not available', () => shoot('changing', 'a'), 'InvalidDBInstanceStateFault'],
    ['a name with two hyphens', () => shoot('orders-prod', 'a--b'), 'InvalidParameterValue'],
    ['a name that is taken', () => shoot('orders-prod', 'OLD-3'), 'DBSnapshotAlreadyExistsFault'],
    [
      'no such snapshot',
      () => rds.send(new DescribeDBSnapshotsCommand({ DBSnapshotIdentifier: 'nothing' })),
      'DBSnapshotNotFoundFault',
    ],
    [
      'a page that is too small',
      () => rds.send(new DescribeDBSnapshotsCommand({ MaxRecords: 5 })),
      'InvalidParameterValue',
    ],
  ])('%s', async (_, call, name) => {
    await expect(call()).rejects.toMatchObject({ name });
  });

  test('more snapshots than the quota', async () => {
    const other = new RDSClient(clientConfiguration(sandbox, '333333333333', 'af-south-1'));
    await expect(
      other.send(new CreateDBSnapshotCommand({ DBInstanceIdentifier: 'orders', DBSnapshotIdentifier: 'a' })),
    ).rejects.toMatchObject({ name: 'SnapshotQuotaExceededFault' });
    other.destroy();
  });
});

(hasAwsCli ? test : test.skip)(
  'the AWS CLI reads it too (skipped where `aws` is not installed)',
  async () => {
    const answer = await aws(
      sandbox,
      'rds',
      'describe-db-snapshots',
      '--db-instance-identifier',
      'orders-prod',
    );
    expect(answer).toMatchObject({
      DBSnapshots: expect.arrayContaining([
        expect.objectContaining({ TagList: [{ Key: 'by', Value: 'hand' }] }),
      ]),
    });
  },
);
