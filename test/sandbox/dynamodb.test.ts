import {
  CreateTableCommand,
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '@promo-actions/sandbox';
import { aws, clientConfiguration, hasAwsCli } from './aws.ts';

let sandbox: Sandbox;
let dynamo: DynamoDBClient;

beforeAll(async () => {
  sandbox = await startSandbox({
    world: {
      accounts: {
        prod: { id: '222222222222', region: 'af-south-1' },
        sit: { id: '111111111111', region: 'af-south-1' },
      },
      dynamodb: [
        {
          account: 'prod',
          table: 'deployments',
          key: 'deployment_id',
          indexes: [{ name: 'by-service', key: 'service', sort: { name: 'timestamp', type: 'N' } }],
          items: [
            {
              deployment_id: 'd1',
              service: 'tenant-service',
              timestamp: 1,
              status: 'succeeded',
              gates: { window: [true, null] },
            },
            { deployment_id: 'd2', service: 'tenant-service', timestamp: 2, status: 'failed' },
          ],
        },
        { account: 'sit', table: 'deployments', key: 'deployment_id', sort: 'timestamp' },
      ],
    },
  });
  dynamo = new DynamoDBClient(clientConfiguration(sandbox));
});
afterAll(async () => {
  dynamo.destroy();
  await sandbox.close();
});

const TableName = 'deployments';

describe('DynamoDB', () => {
  test("the world's tables are ready, with their keys, indexes and own ARNs", async () => {
    const { Table } = await dynamo.send(new DescribeTableCommand({ TableName }));
    expect(Table).toMatchObject({
      TableStatus: 'ACTIVE',
      TableArn: 'arn:aws:dynamodb:af-south-1:222222222222:table/deployments',
      KeySchema: [{ AttributeName: 'deployment_id', KeyType: 'HASH' }],
      GlobalSecondaryIndexes: [{ IndexName: 'by-service', IndexStatus: 'ACTIVE' }],
    });
  });

  test('items hold what the world states', async () => {
    const { Item } = await dynamo.send(
      new GetItemCommand({ TableName, Key: { deployment_id: { S: 'd1' } } }),
    );
    expect(Item).toEqual({
      deployment_id: { S: 'd1' },
      service: { S: 'tenant-service' },
      timestamp: { N: '1' },
      status: { S: 'succeeded' },
      gates: { M: { window: { L: [{ BOOL: true }, { NULL: true }] } } },
    });
  });

  test('a record is written once', async () => {
    const record = new PutItemCommand({
      TableName,
      Item: { deployment_id: { S: 'once' }, service: { S: 'other' }, timestamp: { N: '5' } },
      ConditionExpression: 'attribute_not_exists(deployment_id)',
    });
    await dynamo.send(record);
    await expect(dynamo.send(record)).rejects.toMatchObject({
      name: 'ConditionalCheckFailedException',
      message: 'The conditional request failed',
    });
  });

  test('an index gives the history of a service, newest first, filtered and paged', async () => {
    const query = {
      TableName,
      IndexName: 'by-service',
      KeyConditionExpression: 'service = :service AND #at >= :from',
      ExpressionAttributeNames: { '#at': 'timestamp' },
      ExpressionAttributeValues: { ':service': { S: 'tenant-service' }, ':from': { N: '0' } },
      ScanIndexForward: false,
    };
    const all = await dynamo.send(new QueryCommand(query));
    expect(all.Items?.map((item) => item.deployment_id?.S)).toEqual(['d2', 'd1']);
    const first = await dynamo.send(new QueryCommand({ ...query, Limit: 1 }));
    expect(first.LastEvaluatedKey).toBeDefined();
    const second = await dynamo.send(
      new QueryCommand({ ...query, ExclusiveStartKey: first.LastEvaluatedKey }),
    );
    expect(second.Items?.map((item) => item.deployment_id?.S)).toEqual(['d1']);
    const filtered = await dynamo.send(
      new QueryCommand({
        ...query,
        FilterExpression: '#status = :wanted',
        ExpressionAttributeNames: { ...query.ExpressionAttributeNames, '#status': 'status' },
        ExpressionAttributeValues: { ...query.ExpressionAttributeValues, ':wanted': { S: 'succeeded' } },
      }),
    );
    expect(filtered.Items?.map((item) => item.deployment_id?.S)).toEqual(['d1']);
  });

  test('a lease with a rising fencing number is taken, kept, lost and released', async () => {
    const Key = { deployment_id: { S: 'lock#prod#tenant-service' } };
    const take = (owner: string, now: number, until: number) =>
      dynamo.send(
        new UpdateItemCommand({
          TableName,
          Key,
          UpdateExpression: 'SET #owner = :owner, expires_at = :until ADD fence :one',
          ConditionExpression: 'attribute_not_exists(#owner) OR expires_at < :now',
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: {
            ':owner': { S: owner },
            ':until': { N: String(until) },
            ':now': { N: String(now) },
            ':one': { N: '1' },
          },
          ReturnValues: 'ALL_NEW',
        }),
      );
    expect((await take('run-1', 100, 200)).Attributes).toMatchObject({
      fence: { N: '1' },
      owner: { S: 'run-1' },
    });
    await expect(take('run-2', 150, 300)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    expect((await take('run-2', 201, 300)).Attributes).toMatchObject({ fence: { N: '2' } });
    const release = (fence: number) =>
      dynamo.send(
        new UpdateItemCommand({
          TableName,
          Key,
          UpdateExpression: 'REMOVE #owner, expires_at',
          ConditionExpression: '#owner = :owner AND fence = :fence',
          ExpressionAttributeNames: { '#owner': 'owner' },
          ExpressionAttributeValues: { ':owner': { S: 'run-2' }, ':fence': { N: String(fence) } },
        }),
      );
    await expect(release(1)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
    await release(2);
    expect((await take('run-3', 0, 10)).Attributes).toMatchObject({ fence: { N: '3' } });
  });

  test('concurrent conditional writes let exactly one win', async () => {
    const attempts = Array.from({ length: 10 }, (_, index) =>
      dynamo.send(
        new PutItemCommand({
          TableName,
          Item: { deployment_id: { S: 'race' }, by: { N: String(index) } },
          ConditionExpression: 'attribute_not_exists(deployment_id)',
        }),
      ),
    );
    const outcomes = await Promise.allSettled(attempts);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  test('accounts and regions are apart', async () => {
    const other = new DynamoDBClient(clientConfiguration(sandbox, '111111111111'));
    expect((await other.send(new ScanCommand({ TableName }))).Items).toEqual([]);
    const { Table } = await other.send(new DescribeTableCommand({ TableName }));
    expect(Table?.KeySchema?.map(({ AttributeName }) => AttributeName)).toEqual([
      'deployment_id',
      'timestamp',
    ]);
    const elsewhere = new DynamoDBClient(clientConfiguration(sandbox, '222222222222', 'eu-west-1'));
    expect((await elsewhere.send(new ListTablesCommand({}))).TableNames).toEqual([]);
    await expect(elsewhere.send(new ScanCommand({ TableName }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    });
    other.destroy();
    elsewhere.destroy();
  });

  test('tables can be made, and items deleted on a condition', async () => {
    await dynamo.send(
      new CreateTableCommand({
        TableName: 'rollouts',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      }),
    );
    const { TableNames } = await dynamo.send(new ListTablesCommand({}));
    expect(TableNames).toEqual(['deployments', 'rollouts']);
    const remove = new DeleteItemCommand({
      TableName: 'rollouts',
      Key: { id: { S: 'x' } },
      ConditionExpression: 'attribute_exists(id)',
    });
    await expect(dynamo.send(remove)).rejects.toMatchObject({ name: 'ConditionalCheckFailedException' });
  });

  test('what it cannot do is refused by name', async () => {
    await expect(
      dynamo.send(
        new TransactWriteItemsCommand({
          TransactItems: [{ Delete: { TableName, Key: { id: { S: 'x' } } } }],
        }),
      ),
    ).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining('TransactWriteItems'),
    });
  });

  test('a table that cannot be is told when the world loads', async () => {
    const accounts = { prod: { id: '222222222222', region: 'af-south-1' } };
    const table = { account: 'prod', table: 'records', key: 'id', items: [{ name: 'without its key' }] };
    await expect(startSandbox({ world: { accounts, dynamodb: [table] } })).rejects.toThrow(
      /table records of prod is not possible: PutItem answered .*Missing the key id/,
    );
  });

  (hasAwsCli ? test : test.skip)('the AWS CLI scans, checking the checksum', async () => {
    expect(
      await aws(sandbox, 'dynamodb', 'scan', '--table-name', TableName, '--select', 'COUNT'),
    ).toMatchObject({
      Count: expect.any(Number),
    });
    const { Item } = (await aws(
      sandbox,
      'dynamodb',
      'get-item',
      '--table-name',
      TableName,
      '--key',
      '{"deployment_id":{"S":"d2"}}',
    )) as { Item: unknown };
    expect(Item).toMatchObject({ status: { S: 'failed' } });
  });
});
