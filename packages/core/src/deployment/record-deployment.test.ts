import { describe, expect, test } from '@jest/globals';
import { OutsideError } from '../errors/index.ts';
import { draft, memoryBoard, memoryParameters, memoryTable } from './memory.test.ts';
import { parameterPrefix } from './parameters.ts';
import { type RecordOrder, recordDeployment } from './record-deployment.ts';

const order: RecordOrder = { draft, prefix: '/tenants/prod', ref: 'abc', dryRun: false };
const down = new OutsideError({ what: 'it could not be written', remedy: 'Run again.' });

function ports() {
  return { records: memoryTable(), parameters: memoryParameters() };
}

test('a success is a record, a current version and two parameters; again, it is nothing more', async () => {
  const at = ports();
  const first = await recordDeployment(order, at);
  expect(first.written).toEqual([
    'record 1 `prod/tenant-service/promote/7001-1/succeeded` in table `deployments`',
    'parameter `/tenants/prod/deployed-version` = v1.4.0',
    'parameter `/tenants/prod/deployed-at` = 2026-03-03T20:05:00Z',
  ]);
  expect(first.current?.version).toBe('v1.4.0');
  const again = await recordDeployment(
    { ...order, draft: { ...draft, timestamp: '2026-03-03T20:30:00Z' } },
    at,
  );
  expect(again).toMatchObject({ written: [], record: first.record });
  expect(Object.fromEntries(at.parameters.values)).toEqual({
    '/tenants/prod/deployed-version': 'v1.4.0',
    '/tenants/prod/deployed-at': '2026-03-03T20:05:00Z',
  });
});

test('is dated once the log has answered, as its clock may be set by that', async () => {
  const at = ports();
  const clock = { now: () => Date.parse('2026-03-03T20:10:00Z') };
  const find: typeof at.records.find = async (id) => {
    clock.now = () => Date.parse('2026-03-03T20:05:30Z');
    return at.records.find(id);
  };
  const records = { ...at.records, find };
  for (const dryRun of [true, false]) {
    const { record } = await recordDeployment({ ...order, dryRun }, { ...at, records, clock });
    expect(record.timestamp).toBe('2026-03-03T20:05:30Z');
  }
  expect(at.parameters.values.get('/tenants/prod/deployed-at')).toBe('2026-03-03T20:05:30Z');
});

test.each(['started', 'failed', 'rolled-back'] as const)('%s is a record alone', async (status) => {
  const at = ports();
  expect((await recordDeployment({ ...order, draft: { ...draft, status } }, at)).written).toHaveLength(1);
  expect(at.parameters.values.size).toBe(0);
});

test('an old step that runs again tells what is current now, not what it deployed then', async () => {
  const at = ports();
  await recordDeployment(order, at);
  await recordDeployment({ ...order, draft: { ...draft, deployment: 'next', toVersion: 'v1.5.0' } }, at);
  await recordDeployment(order, at);
  expect(at.parameters.values.get('/tenants/prod/deployed-version')).toBe('v1.5.0');
});

test('a run that is overtaken while it writes parameters leaves those of the newer one', async () => {
  const at = ports();
  const slow = {
    ...at.parameters,
    async put(name: string, value: string) {
      if (value === 'v1.4.0')
        await recordDeployment(
          { ...order, draft: { ...draft, deployment: 'next', toVersion: 'v1.5.0', timestamp: 'later' } },
          at,
        );
      await at.parameters.put(name, value);
    },
  };
  await recordDeployment(order, { ...at, parameters: slow });
  expect(Object.fromEntries(at.parameters.values)).toEqual({
    '/tenants/prod/deployed-version': 'v1.5.0',
    '/tenants/prod/deployed-at': 'later',
  });
});

test('a success that is written whole stands where the last look at the log is not answered, and says so', async () => {
  const at = ports();
  const told = () => at.parameters.values.has('/tenants/prod/deployed-at');
  const find = async (key: string) => (told() ? Promise.reject(down) : at.records.find(key));
  const recorded = await recordDeployment(order, { ...at, records: { ...at.records, find } });
  expect(recorded.unseen).toBe(down.message);
  expect(recorded.written).toHaveLength(3);
  expect((await recordDeployment(order, at)).unseen).toBeUndefined();
});

describe('a failure says what was written before it', () => {
  test('the record', async () => {
    const at = ports();
    const parameters = { ...at.parameters, put: async () => Promise.reject(down) };
    const failing = recordDeployment(order, { ...at, parameters });
    await expect(failing).rejects.toThrow(
      /Changed before this: record 1 `prod\/tenant-service\/promote\/7001-1\/succeeded` in table `deployments`\. Run again\./,
    );
    expect((await recordDeployment(order, at)).written).toHaveLength(2);
  });
  test('the record and one parameter', async () => {
    const at = ports();
    const put = async (name: string, value: string) =>
      name.endsWith('-at') ? Promise.reject(down) : at.parameters.put(name, value);
    const failing = recordDeployment(order, { ...at, parameters: { ...at.parameters, put } });
    await expect(failing).rejects.toThrow(
      /record 1 .*; parameter `\/tenants\/prod\/deployed-version` = v1\.4\.0\./,
    );
  });
  test('nothing', async () => {
    const at = ports();
    const records = { ...at.records, find: async () => Promise.reject(down) };
    await expect(recordDeployment(order, { ...at, records })).rejects.toThrow(
      'Changed before this: nothing.',
    );
  });
  test('a bug stays a bug', async () => {
    const records = { ...memoryTable(), find: async () => Promise.reject(new TypeError('bug')) };
    await expect(recordDeployment(order, { ...ports(), records })).rejects.toThrow(TypeError);
  });
});

test('a dry run says what would be written and writes nothing', async () => {
  const at = ports();
  const { board, shown } = memoryBoard();
  const dry = await recordDeployment({ ...order, dryRun: true }, { ...at, board });
  expect(dry.written).toEqual([
    'record 1 `prod/tenant-service/promote/7001-1/succeeded` in table `deployments`',
    'parameter `/tenants/prod/deployed-version` = v1.4.0',
    'parameter `/tenants/prod/deployed-at` = 2026-03-03T20:05:00Z',
    'a GitHub Deployment of tenant-service to prod: succeeded',
  ]);
  expect([at.records.items.size, at.parameters.values.size, shown.length]).toEqual([0, 0, 0]);
  await recordDeployment(order, at);
  expect((await recordDeployment({ ...order, dryRun: true }, at)).written).toEqual([]);
});

test.each([
  ['/{project}/{environment}', '/tenants/prod'],
  ['/{project}/{environment}/{service}/', '/tenants/prod/tenant-service'],
  ['/fixed', '/fixed'],
  ['/{project}/{stage}', undefined],
  ['tenants/prod', undefined],
  ['/aws/{environment}', undefined],
  ['//x', undefined],
  ['/a b', undefined],
  ['/', undefined],
])('prefix %s is %s', (template, path) => {
  expect(
    parameterPrefix(template, { project: 'tenants', environment: 'prod', service: 'tenant-service' }),
  ).toBe(path);
});
