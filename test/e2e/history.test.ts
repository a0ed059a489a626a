import { execFile } from 'node:child_process';
import { join } from 'node:path';
import {
  type AttributeValue,
  BatchWriteItemCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import {
  type Attributes,
  append,
  type Draft,
  hashOf,
  type RecordStore,
} from '@promo-actions/core/deployment';
import { type Sandbox, startSandbox } from '@promo-actions/sandbox';
import { clientConfiguration } from '../sandbox/aws.ts';

const count = 160;
const accounts = { prod: { id: '222222222222', region: 'af-south-1' } };
const TableName = 'deployments';
let sandbox: Sandbox;
let dynamo: DynamoDBClient;
/** The chain as it was written. */
let items: readonly Attributes[];

beforeAll(async () => {
  items = await chainOf(count);
  sandbox = await startSandbox({ start: '2026-03-03T20:05:00Z', world: { accounts } });
  dynamo = new DynamoDBClient(clientConfiguration(sandbox));
});
afterAll(async () => {
  dynamo.destroy();
  await sandbox.close();
});
beforeEach(async () => {
  await sandbox.load({ accounts, dynamodb: [{ account: 'prod', table: TableName, key: 'deployment_id' }] });
  const foreign = { deployment_id: 'deploy-1', environment: 'prod', service: 'tenant-service' };
  const all = [...items, foreign].map((item) => ({ PutRequest: { Item: wire(item) } }));
  for (let at = 0; at < all.length; at += 25)
    await dynamo.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: all.slice(at, at + 25) } }));
});

/** As many records as asked, and their head. */
async function chainOf(length: number): Promise<readonly Attributes[]> {
  const written = new Map<string, Attributes>();
  const key = (item: Attributes) => String(item.deployment_id);
  const store: RecordStore = {
    place: 'memory',
    find: async (id) => written.get(id),
    findAll: async () => new Map(),
    async add(item) {
      written.set(key(item), item);
      return 'added';
    },
    async moveHead(item) {
      written.set(key(item), item);
      return 'done';
    },
  };
  const draft: Omit<Draft, 'deployment' | 'toVersion'> = {
    environment: 'prod',
    service: 'tenant-service',
    timestamp: '2026-03-03T20:05:00Z',
    action: 'promote',
    status: 'succeeded',
    actor: 'release-manager',
    ticket: 'CHG-101',
    run: { repository: 'example/tenant-service', id: '7001', attempt: 1, url: 'https://github.com/x' },
    gates: [],
    components: [],
  };
  for (let number = 1; number <= length; number++)
    await append(store, { ...draft, deployment: `d${number}`, toVersion: `v1.${number}.0` });
  return [...written.values()];
}

function wire(item: Attributes): Record<string, AttributeValue> {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]) => [
      name,
      typeof value === 'number' ? { N: String(value) } : { S: value },
    ]),
  );
}

const item = (number: number) => items.find(({ sequence }) => sequence === number) ?? {};
const keyOf = (number: number) => ({ deployment_id: { S: `d${number}/succeeded` } });
const put = (changed: Attributes) => dynamo.send(new PutItemCommand({ TableName, Item: wire(changed) }));
const set = (number: number, name: string, value: AttributeValue) =>
  dynamo.send(
    new UpdateItemCommand({
      TableName,
      Key: keyOf(number),
      UpdateExpression: 'SET #name = :value',
      ExpressionAttributeNames: { '#name': name },
      ExpressionAttributeValues: { ':value': value },
    }),
  );

function promo(...words: readonly string[]) {
  const command = join(process.cwd(), 'build', 'tools', 'promo.mjs');
  const { PATH = '', HOME = '' } = process.env;
  const env = {
    PATH,
    HOME,
    ...sandbox.environment(),
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  };
  return new Promise<{ code: number; out: string; err: string }>((resolve) => {
    const child = execFile(process.execPath, [command, ...words], { env }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}
const chain = ['--environment', 'prod', '--service', 'tenant-service', '--table', TableName];
const history = (...words: readonly string[]) => promo('history', ...chain, ...words);

test('prints the last twenty of many records, newest first, by two reads, and scans nothing', async () => {
  const before = sandbox.journal().length;
  const { code, out, err } = await history();
  expect([code, err]).toEqual([0, '']);
  const lines = out.trimEnd().split('\n');
  expect(lines).toHaveLength(21);
  expect(lines[0]).toMatch(/^# +When +Action +Status +Version +By +Ticket +Run +Why$/);
  expect(lines[1]).toMatch(
    /^160 +2026-03-03T20:05:00Z +promote +succeeded +v1\.159\.0 → v1\.160\.0 +release-manager +CHG-101 +7001$/,
  );
  expect(lines[20]).toMatch(/^141 /);
  const calls = sandbox.journal().slice(before);
  expect(calls.map(({ operation }) => operation)).toEqual(['GetItem', 'BatchGetItem']);
});

test('finds the table in the policy of the repository, and prints JSON', async () => {
  const repo = join(process.cwd(), 'examples', 'tenant-service');
  const words = [
    '--environment',
    'prod',
    '--service',
    'tenant-service',
    '--repo',
    repo,
    '--last',
    '2',
    '--json',
  ];
  const { out } = await promo('history', ...words);
  expect(JSON.parse(out).records.map(({ toVersion }: { toVersion: string }) => toVersion)).toEqual([
    'v1.160.0',
    'v1.159.0',
  ]);
});

describe('--verify', () => {
  test('finds the chain intact, beside what others keep, and holds it to the hash that a run has told', async () => {
    const { code, out } = await history('--verify', '--last', '1', '--hash', String(item(7).hash));
    expect(out).toContain('Intact: 160 records, from number 1 to 160.');
    expect(out).toContain(String(item(160).hash));
    expect(code).toBe(0);
    const other = await history('--verify', '--hash', '0'.repeat(64));
    expect([other.code, other.out]).toEqual([1, expect.stringContaining('has no record with the hash 000')]);
  });

  test.each<[string, () => Promise<unknown>, readonly string[]]>([
    [
      'a changed record',
      () => set(123, 'actor', { S: 'nobody' }),
      ['number 123, d123/succeeded: was changed: its content does not have its hash'],
    ],
    [
      'an attribute that was added',
      () => set(123, 'approved_by', { S: 'nobody' }),
      ['number 123, d123/succeeded: was changed: its content does not have its hash'],
    ],
    [
      'a record that was written anew, hash and all',
      async () => {
        const forged = { ...item(123), to_version: 'v6.6.6' };
        await put({ ...forged, hash: hashOf(forged) });
      },
      [
        'number 123, d123/succeeded: was replaced: its content has a hash of its own, and record 124 `d124/succeeded` names another',
      ],
    ],
    [
      'a removed record',
      () => dynamo.send(new DeleteItemCommand({ TableName, Key: keyOf(123) })),
      ['number 123, d123/succeeded: is missing: it was removed. Record 124 `d124/succeeded` names it'],
    ],
    [
      'the first record removed',
      () => dynamo.send(new DeleteItemCommand({ TableName, Key: keyOf(1) })),
      ['number 1, d1/succeeded: is missing: it was removed. Record 2 `d2/succeeded` names it'],
    ],
    [
      'two records that changed places',
      async () => {
        await set(122, 'sequence', { N: '123' });
        await set(123, 'sequence', { N: '122' });
      },
      [
        'number 122, d122/succeeded: was moved: it is number 122, and its item says 123',
        'number 123, d123/succeeded: was moved: it is number 123, and its item says 122',
      ],
    ],
    [
      'several things at once',
      async () => {
        await set(5, 'reason', { S: 'none' });
        for (const number of [50, 51])
          await dynamo.send(new DeleteItemCommand({ TableName, Key: keyOf(number) }));
      },
      [
        'number 5, d5/succeeded: was changed',
        'number 50, record 50: is missing',
        'number 51, d51/succeeded: is missing: it was removed',
      ],
    ],
  ])('tells exactly %s', async (_, tamper, told) => {
    await tamper();
    const { code, out } = await history('--verify', '--last', '1');
    const flaws = out.split('\n').filter((line) => line.startsWith('  '));
    expect(flaws).toEqual(told.map((flaw) => expect.stringContaining(flaw)));
    expect(code).toBe(1);
  });

  test('tells a head that was removed, and one that says another version', async () => {
    const Key = { deployment_id: { S: 'current/prod/tenant-service' } };
    const { Item = {} } = await dynamo.send(new GetItemCommand({ TableName, Key }));
    await dynamo.send(new PutItemCommand({ TableName, Item: { ...Item, current_version: { S: 'v6.6.6' } } }));
    expect((await history('--verify')).out).toContain(
      'current/prod/tenant-service: was changed: it says that v6.6.6 is deployed, and the records say v1.160.0',
    );
    await dynamo.send(new DeleteItemCommand({ TableName, Key }));
    expect((await history('--verify')).out).toContain('the head of the chain was removed');
  });
});

test('a mistake is told with exit code 2', async () => {
  const place = ['--environment', 'prod', '--service', 'x'];
  const mistakes: readonly (readonly [readonly string[], string])[] = [
    [['--service', 'x'], '--environment NAME is missing'],
    [[...chain, '--last', 'all'], '--last is a whole number from 1 up, not all'],
    [[...chain, '--hash', 'f'.repeat(64)], '--hash needs --verify'],
    [[...chain, '--verify', '--hash', 'abc'], '--hash is a SHA-256'],
    [[...chain, 'now'], 'takes flags alone'],
    [[...place, '--repo', 'packages'], 'is not there to name one'],
    [
      ['--environment', 'prdo', '--service', 'x', '--repo', 'examples/tenant-service'],
      '--environment prdo: examples/tenant-service/.github/promotion.yml does not know it',
    ],
    [[...place, '--table', 'no-such-table'], 'There is no table `no-such-table`'],
    [[...place, '--table', 'no-such-table', '--verify'], 'There is no table `no-such-table`'],
  ];
  const told = await Promise.all(mistakes.map(([words]) => promo('history', ...words)));
  expect(told.map(({ code, err }) => [code, err])).toEqual(
    mistakes.map(([, message]) => [2, expect.stringContaining(message)]),
  );
});

test('an empty chain is no mistake, but nothing that could be verified', async () => {
  const words = ['--environment', 'sit', '--service', 'tenant-service', '--table', TableName];
  expect(await promo('history', ...words)).toMatchObject({
    code: 0,
    out: expect.stringContaining('There are no records of tenant-service in sit in table `deployments`'),
  });
  expect(await promo('history', ...words, '--verify')).toMatchObject({
    code: 1,
    out: expect.stringContaining('no records to verify'),
  });
});
