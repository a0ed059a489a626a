import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { OutsideError } from '../errors/index.ts';
import { append } from './append.ts';
import { verifyChain } from './chain.ts';
import { headId, headOf } from './head.ts';
import { history } from './history.ts';
import { draft, memoryTable } from './memory.test.ts';
import { type Attributes, type Draft, firstPreviousHash, recordOf, statuses } from './record.ts';

const chain = { environment: 'prod', service: 'tenant-service' };
const of = (deployment: string, change: Partial<Draft> = {}): Draft => ({ ...draft, deployment, ...change });

async function walked(table: ReturnType<typeof memoryTable>): Promise<Attributes[]> {
  const items: Attributes[] = [];
  for await (const item of history(table, chain)) items.push(item);
  return items;
}

describe('a chain', () => {
  test('begins with one record, its item as people and scripts read it', async () => {
    const table = memoryTable();
    const { record, added } = await append(table, { ...draft, ticket: 'CHG-101' });
    expect(added).toBe(true);
    expect(table.items.get('prod/tenant-service/promote/7001-1/succeeded')).toEqual({
      deployment_id: 'prod/tenant-service/promote/7001-1/succeeded',
      deployment: 'prod/tenant-service/promote/7001-1',
      timestamp: '2026-03-03T20:05:00Z',
      environment: 'prod',
      service: 'tenant-service',
      action: 'promote',
      status: 'succeeded',
      to_version: 'v1.4.0',
      actor: 'release-manager',
      ticket: 'CHG-101',
      repository: 'example/tenant-service',
      run_id: '7001',
      run_attempt: 1,
      run_url: 'https://github.com/example/tenant-service/actions/runs/7001',
      gates: '[]',
      components: '[]',
      sequence: 1,
      previous_hash: firstPreviousHash,
      hash: record.hash,
    });
    expect(table.items.get(headId(chain))).toMatchObject({
      head_sequence: 1,
      head_hash: record.hash,
      current_version: 'v1.4.0',
      current_since: '2026-03-03T20:05:00Z',
      current_record: record.id,
    });
  });

  test('goes on: each record names the one before and what it replaces', async () => {
    const table = memoryTable();
    const first = await append(table, of('a', { toVersion: 'v1.3.0' }));
    const started = await append(table, of('b', { status: 'started' }));
    const second = await append(table, of('b'));
    expect(started.record).toMatchObject({
      sequence: 2,
      previous: 'a/succeeded',
      previousHash: first.record.hash,
      fromVersion: 'v1.3.0',
    });
    expect(started.head.current?.version).toBe('v1.3.0');
    expect(second.head.current?.version).toBe('v1.4.0');
    expect(verifyChain(await walked(table), second.record)).toEqual([]);
  });

  test('leaves what is current alone when nothing was deployed', async () => {
    const table = memoryTable();
    await append(table, of('a', { toVersion: 'v1.3.0' }));
    for (const change of [
      { status: 'failed' },
      { status: 'rolled-back' },
      { status: 'succeeded', action: 'config', toVersion: 'abc' },
    ] as const)
      await append(table, of('b', change));
    const head = headOf(table.items.get(headId(chain)) ?? {});
    expect([head?.last.sequence, head?.current?.version]).toEqual([4, 'v1.3.0']);
  });

  test('of another service or environment is another chain, whatever its name holds', async () => {
    const table = memoryTable();
    await append(table, of('a'));
    await append(table, of('b', { service: 'sites' }));
    const other = await append(table, of('c', { environment: 'prod/tenant-service', service: 'x' }));
    expect(other.record.sequence).toBe(1);
    expect(headId({ environment: 'a/b', service: 'c' })).not.toBe(
      headId({ environment: 'a', service: 'b/c' }),
    );
  });

  test('ignores what others keep in the table', async () => {
    const table = memoryTable();
    table.items.set('deploy-20250101', {
      deployment_id: 'deploy-20250101',
      environment: 'prod',
      status: 'succeeded',
    });
    expect((await append(table, of('a'))).record.sequence).toBe(1);
    expect(table.items.get('deploy-20250101')).toEqual({
      deployment_id: 'deploy-20250101',
      environment: 'prod',
      status: 'succeeded',
    });
  });
});

describe('a second time', () => {
  test('finds the record and writes nothing', async () => {
    const table = memoryTable();
    const first = await append(table, of('a'));
    await append(table, of('b'));
    const before = new Map(table.items);
    const again = await append(table, { ...of('a'), timestamp: '2026-03-03T21:00:00Z' });
    expect(again).toMatchObject({ added: false, record: first.record });
    expect(table.items).toEqual(before);
  });

  test('with another version is refused', async () => {
    const table = memoryTable();
    await append(table, of('a'));
    const error = await append(table, of('a', { toVersion: 'v9.9.9' })).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OutsideError);
    expect(String(error)).toContain(
      'its to-version is v1.4.0, not v9.9.9. Records are never changed. Give this deployment a `deployment-id`',
    );
  });

  test("is refused where the key is somebody else's", async () => {
    const table = memoryTable();
    table.items.set('a/succeeded', { deployment_id: 'a/succeeded' });
    await expect(append(table, of('a'))).rejects.toThrow('the item is no record');
    table.items.set(headId(chain), { deployment_id: headId(chain), owner: 'somebody' });
    await expect(append(table, of('b'))).rejects.toThrow('is not the head of a chain of records');
  });
});

test('a writer that dies anywhere leaves a chain that the next one completes', async () => {
  for (let death = 1; death <= 8; death++) {
    let calls = 0;
    const table = memoryTable(async () => {
      if (++calls === death) throw new OutsideError({ what: 'The connection broke', remedy: 'Run again.' });
    });
    const failed = await append(table, of('a')).then(
      () => undefined,
      (error: OutsideError) => error,
    );
    if (failed && table.items.size === 1) expect(failed.message).toContain('running again writes its item');
    calls = Number.NEGATIVE_INFINITY;
    const next = await append(table, of('b'));
    await append(table, of('a'));
    const items = await walked(table);
    expect(verifyChain(items)).toEqual([]);
    for (const item of items) expect(table.items.get(String(item.deployment_id))).toEqual(item);
    expect(items.filter((item) => item.deployment === 'a')).toHaveLength(1);
    expect(next.record.sequence).toBeLessThanOrEqual(2);
  }
});

test('an answer that was lost is not taken for a stranger', async () => {
  const table = memoryTable();
  const lossy = {
    ...table,
    async moveHead(item: Attributes, expected: string | undefined) {
      await table.moveHead(item, expected);
      return table.moveHead(item, expected);
    },
  };
  expect(await append(lossy, of('a'))).toMatchObject({ added: true, record: { sequence: 1 } });
  expect(verifyChain(await walked(table))).toEqual([]);
});

test('a head that moved without an answer is gone on from; one that cannot be read again is told', async () => {
  const table = memoryTable();
  let failures = 1;
  let readable = true;
  const lossy = {
    ...table,
    async find(id: string) {
      if (!readable) throw new OutsideError({ what: 'no read', remedy: 'again' });
      return table.find(id);
    },
    async moveHead(item: Attributes, expected: string | undefined) {
      const done = await table.moveHead(item, expected);
      if (failures-- > 0) throw new OutsideError({ what: 'no answer', remedy: 'again' });
      return done;
    },
  };
  expect(await append(lossy, of('a'))).toMatchObject({ added: true, record: { sequence: 1 } });
  expect(verifyChain(await walked(table), headOf(table.items.get(headId(chain)) ?? {})?.last)).toEqual([]);

  failures = 1;
  const deaf = {
    ...lossy,
    moveHead: async () => {
      readable = false;
      throw new OutsideError({ what: 'no answer', remedy: 'again' });
    },
  };
  await expect(append(deaf, of('b'))).rejects.toThrow(
    /no answer\. Changed before this: perhaps the head of the chain; it could not be read again/,
  );
});

test('any writers, at once, repeated and dying, make one chain without forks or repetitions', async () => {
  const writers = fc.array(
    fc.record({
      deployment: fc.constantFrom('a', 'b', 'c', 'd'),
      status: fc.constantFrom(...statuses),
      diesAt: fc.option(fc.integer({ min: 1, max: 8 }), { freq: 3 }),
    }),
    { minLength: 2, maxLength: 6 },
  );
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), writers, async (scheduler, list) => {
      const table = memoryTable();
      const runs = list.map(({ deployment, status, diesAt }) => {
        let calls = 0;
        const turn = async () => {
          await scheduler.schedule(Promise.resolve());
          if (++calls === diesAt) throw new Error('killed');
        };
        const own: typeof table = {
          ...table,
          find: async (key) => turn().then(() => table.find(key)),
          add: async (item) => turn().then(() => table.add(item)),
          moveHead: async (item, expected) => turn().then(() => table.moveHead(item, expected)),
        };
        return append(own, of(deployment, { status })).catch((error: Error) => error.message);
      });
      await scheduler.waitFor(Promise.all(runs));
      const results = await Promise.all(runs);
      for (const result of results) if (typeof result === 'string') expect(result).toBe('killed');
      await append(table, of('last'));

      const items = await walked(table);
      expect(verifyChain(items, headOf(table.items.get(headId(chain)) ?? {})?.last)).toEqual([]);
      expect(new Set(items.map((item) => item.deployment_id)).size).toBe(items.length);
      const outsideOfTheChain = [...table.items.values()].filter(
        (item) => recordOf(item) && !items.some((one) => one.deployment_id === item.deployment_id),
      );
      expect(outsideOfTheChain).toEqual([]);
      for (const result of results)
        if (typeof result !== 'string') expect(items.map((item) => item.hash)).toContain(result.record.hash);
    }),
    { numRuns: 150 },
  );
});

test('a history with a hole or a loop says where', async () => {
  const table = memoryTable();
  for (const name of ['a', 'b', 'c']) await append(table, of(name));
  const b = table.items.get('b/succeeded') ?? {};
  table.items.set('b/succeeded', { ...b, sequence: 3 });
  await expect(walked(table)).rejects.toThrow(
    'Record `b/succeeded` of tenant-service in prod is not the record it was',
  );
  table.items.delete('b/succeeded');
  await expect(walked(table)).rejects.toThrow('Record `b/succeeded` of tenant-service in prod is missing');
});
