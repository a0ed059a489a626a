import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OutsideError } from '../errors/index.ts';
import { draft, memoryParameters, memoryTable } from './memory.test.ts';
import { parameterPrefix } from './parameters.ts';
import { type RecordOrder, recordDeployment } from './record-deployment.ts';
import type { DeploymentBoard, ShownDeployment } from './store.ts';

const order: RecordOrder = { draft, prefix: '/tenants/prod', ref: 'abc', dryRun: false };
const down = new OutsideError({ what: 'it could not be written', remedy: 'Run again.' });

interface Shown extends ShownDeployment {
  readonly task: string;
  readonly states: string[];
}

function memoryBoard(shown: Shown[] = []) {
  const board: DeploymentBoard = {
    list: async ({ task }) => shown.filter((one) => one.task === task).reverse(),
    async create({ payload, task }) {
      const created = { id: shown.length + 1, payload, task, states: [] };
      shown.push(created);
      return created;
    },
    stateOf: async (id) => shown[id - 1]?.states.at(-1),
    async setStatus(id, { state }) {
      shown[id - 1]?.states.push(state);
    },
  };
  return { board, shown };
}
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

describe('the board', () => {
  test('shows a deployment once, in its last state, and retires the one before', async () => {
    const at = ports();
    const { board, shown } = memoryBoard();
    const run = (
      deployment: string,
      status: 'started' | 'succeeded' | 'rolled-back',
      service = 'tenant-service',
    ) => recordDeployment({ ...order, draft: { ...draft, deployment, status, service } }, { ...at, board });
    await run('a', 'started');
    await run('a', 'succeeded');
    await run('x', 'succeeded', 'sites');
    await run('b', 'started');
    expect((await run('b', 'succeeded')).deploymentNumber).toBe(3);
    expect(shown.map(({ payload, states }) => [payload.deployment, states.join(' ')])).toEqual([
      ['a', 'in_progress success inactive'],
      ['x', 'success'],
      ['b', 'in_progress success'],
    ]);
  });

  test('has one success of a service, and leaves failures what they are', async () => {
    const end = fc.constantFrom('succeeded', 'failed', 'rolled-back', 'died', 'config');
    await fc.assert(
      fc.asyncProperty(fc.array(end, { maxLength: 8 }), async (ends) => {
        const at = ports();
        const { board, shown } = memoryBoard();
        for (const [index, status] of [...ends, 'succeeded' as const].entries()) {
          const deployment = String(index);
          const action = status === 'config' ? status : 'promote';
          const told = { ...draft, deployment, action } as const;
          await recordDeployment({ ...order, draft: { ...told, status: 'started' } }, { ...at, board });
          if (status === 'died') continue;
          const ended = { ...told, status: status === 'config' ? 'succeeded' : status } as const;
          await recordDeployment({ ...order, draft: ended }, { ...at, board });
        }
        const last = shown.map(({ states }) => states.at(-1));
        const failed = (status: string) => status === 'failed' || status === 'rolled-back';
        expect(last).toEqual([...ends.map((each) => (failed(each) ? 'failure' : 'inactive')), 'success']);
      }),
    );
  });

  test('that retiring was cut short on is put right by the next', async () => {
    const at = ports();
    const { board, shown } = memoryBoard();
    const run = (deployment: string, status: 'started' | 'succeeded', on = board) =>
      recordDeployment({ ...order, draft: { ...draft, deployment, status } }, { ...at, board: on });
    for (const deployment of ['a', 'b', 'c']) await run(deployment, 'started');
    const setStatus: DeploymentBoard['setStatus'] = async (id, status) => {
      if (id === 2) throw down;
      return board.setStatus(id, status);
    };
    await expect(run('d', 'succeeded', { ...board, setStatus })).rejects.toThrow(OutsideError);
    expect(shown.map(({ states }) => states.at(-1))).toEqual([
      'inactive',
      'in_progress',
      'in_progress',
      'success',
    ]);
    await run('e', 'succeeded');
    expect(shown.map(({ states }) => states.at(-1))).toEqual([...Array(4).fill('inactive'), 'success']);
  });

  test('that was left with a success behind one that is retired is put right', async () => {
    const left = fc.array(fc.constantFrom('success', 'inactive', 'in_progress'), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(left, async (states) => {
        const task = `deploy:${draft.service}`;
        const { board, shown } = memoryBoard(
          states.map((state, index) => ({
            id: index + 1,
            payload: { deployment: `left-${index}` },
            task,
            states: [state],
          })),
        );
        await recordDeployment(order, { ...ports(), board });
        const last = shown.map((one) => one.states.at(-1));
        expect(last).toEqual([...states.map(() => 'inactive'), 'success']);
      }),
    );
  });

  test('is not turned back by an old step that runs again', async () => {
    const at = ports();
    const { board, shown } = memoryBoard();
    const run = (deployment: string, status: 'started' | 'succeeded') =>
      recordDeployment({ ...order, draft: { ...draft, deployment, status } }, { ...at, board });
    await run('a', 'started');
    await run('a', 'succeeded');
    await run('a', 'started');
    expect(shown[0]?.states).toEqual(['in_progress', 'success', 'success']);
    await run('b', 'succeeded');
    expect((await run('a', 'succeeded')).deploymentNumber).toBeUndefined();
    expect(shown[0]?.states.at(-1)).toBe('inactive');
  });
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
