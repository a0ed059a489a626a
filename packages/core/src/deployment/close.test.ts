import { describe, expect, test } from '@jest/globals';
import { append } from './append.ts';
import { closeDeployment, type Ending } from './close.ts';
import { draft, memoryParameters, memoryTable } from './memory.test.ts';

const ending: Ending = {
  environment: draft.environment,
  service: draft.service,
  begunBy: draft.run.url,
  status: 'rolled-back',
  timestamp: '2026-03-03T21:00:00Z',
  reason: 'The run that drove it ended before it did.',
  components: [{ name: 'tenant-service', version: '3' }],
  actor: 'github-actions',
  run: { ...draft.run, id: '8001', url: 'https://github.com/example/tenant-service/actions/runs/8001' },
};

function ports() {
  return { records: memoryTable(), parameters: memoryParameters() };
}

describe('the end of a deployment that its run could not record', () => {
  test('follows its start, under the same deployment, once', async () => {
    const there = ports();
    await append(there.records, { ...draft, status: 'started', ticket: 'CHG-101' });
    const closed = await closeDeployment(ending, there);
    expect(closed?.record).toMatchObject({
      id: `${draft.deployment}/rolled-back`,
      sequence: 2,
      toVersion: 'v1.4.0',
      ticket: 'CHG-101',
      run: { id: '8001' },
    });
    expect((await closeDeployment(ending, there))?.written).toEqual([]);
    expect(there.parameters.values.size).toBe(0);
  });

  test('tells what is deployed where it succeeded', async () => {
    const there = ports();
    await append(there.records, { ...draft, status: 'started' });
    const closed = await closeDeployment({ ...ending, status: 'succeeded' }, there, '/tenants/prod');
    expect(closed?.current?.version).toBe('v1.4.0');
    expect(there.parameters.values.get('/tenants/prod/deployed-version')).toBe('v1.4.0');
    there.parameters.values.clear();
    await closeDeployment({ ...ending, status: 'succeeded' }, there, '/tenants/prod');
    expect(there.parameters.values.get('/tenants/prod/deployed-version')).toBe('v1.4.0');
  });

  test.each([
    ['nothing was recorded', []],
    ['it has an end already', ['started', 'failed']],
  ] as const)('is left alone where %s', async (_, statuses) => {
    const there = ports();
    for (const status of statuses) await append(there.records, { ...draft, status });
    const before = there.records.items.size;
    expect(await closeDeployment(ending, there)).toBeUndefined();
    expect(there.records.items.size).toBe(before);
  });

  test('is told though others have failed since before they began', async () => {
    const there = ports();
    await append(there.records, { ...draft, status: 'started' });
    const refused = {
      ...draft,
      action: 'rollback' as const,
      run: ending.run,
      deployment: 'prod/orders/rollback/8000',
    };
    await append(there.records, { ...refused, status: 'failed', reason: 'the lock was not got' });
    const closed = await closeDeployment(ending, there);
    expect(closed?.record).toMatchObject({ id: `${draft.deployment}/rolled-back`, sequence: 3 });
  });

  test('is left alone where a rollback has failed since once it had moved a function', async () => {
    const there = ports();
    await append(there.records, { ...draft, status: 'started' });
    const partly = {
      ...draft,
      action: 'rollback',
      run: ending.run,
      deployment: 'prod/orders/rollback/8000',
    } as const;
    await append(there.records, { ...partly, status: 'failed', components: ending.components });
    expect(await closeDeployment(ending, there)).toBeUndefined();
  });

  test('is left alone where another run has begun one since, and failed', async () => {
    const there = ports();
    await append(there.records, { ...draft, status: 'started' });
    const other = { ...draft, run: ending.run, deployment: 'prod/orders/promote/8000-1' };
    for (const status of ['started', 'failed'] as const) await append(there.records, { ...other, status });
    expect(await closeDeployment(ending, there)).toBeUndefined();
  });

  test('is left alone where another run has begun one since', async () => {
    const there = ports();
    await append(there.records, { ...draft, status: 'started', run: ending.run });
    expect(await closeDeployment(ending, there)).toBeUndefined();
  });
});
