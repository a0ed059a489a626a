import { describe, expect, test } from '@jest/globals';
import { append } from './append.ts';
import { auditChain } from './audit.ts';
import { headId } from './head.ts';
import { draft, memoryTable } from './memory.test.ts';
import { type Attributes, hashOf, recordOf, seal } from './record.ts';

const chain = { environment: 'prod', service: 'tenant-service' };

/** A table with four deployments, and items of others of the same service. */
async function table() {
  const store = memoryTable();
  for (const version of ['v1.1.0', 'v1.2.0', 'v1.3.0', 'v1.4.0'])
    await append(store, { ...draft, deployment: version, toVersion: version });
  const mine = { deployment_id: 'deploy-1', ...chain, status: 'succeeded' };
  const lock = { deployment_id: 'lock#prod#tenant-service', ...chain, fencing_token: 1 };
  for (const item of [mine, lock]) store.items.set(item.deployment_id, item);
  return store.items;
}
const problems = (items: ReadonlyMap<string, Attributes>, hash?: string) =>
  auditChain(chain, [...items.values()], hash).flaws.map(({ id, problem }) => `${id} ${problem}`);
const head = headId(chain);

test('a chain as it was written has no flaw, whatever others keep beside it', async () => {
  const items = await table();
  const audit = auditChain(chain, [...items.values()]);
  expect(audit).toMatchObject({ records: 4, flaws: [], last: { toVersion: 'v1.4.0' } });
  expect(auditChain(chain, [])).toEqual({ records: 0, flaws: [] });
});

test('a record that its writer did not live to write is no flaw, and is counted', async () => {
  const items = await table();
  items.delete('v1.4.0/succeeded');
  expect(auditChain(chain, [...items.values()])).toMatchObject({ records: 4, flaws: [] });
});

describe('is told', () => {
  test('a head that is gone, or says something else', async () => {
    const items = await table();
    const item = items.get(head) ?? {};
    items.set(head, { ...item, current_version: 'v6.6.6' });
    expect(problems(items)).toEqual([
      `${head} was changed: it says that v6.6.6 is deployed, and the records say v1.4.0 by \`v1.4.0/succeeded\``,
    ]);
    items.set(head, { ...item, head_hash: 'x' });
    expect(problems(items)).toEqual([`${head} was changed: it is not the head of a chain any more`]);
    const carried = JSON.stringify({ ...JSON.parse(String(item.head_record)), actor: 'nobody' });
    items.set(head, { ...item, head_record: carried });
    expect(problems(items)).toEqual([
      `${head} was changed: the record that it carries does not have its hash`,
    ]);
    items.delete(head);
    expect(problems(items)).toEqual([`${head} is missing: the head of the chain was removed`]);
  });

  test('a record that somebody added', async () => {
    const items = await table();
    const added = seal({ ...draft, deployment: 'added' }, recordOf(items.get('v1.4.0/succeeded') ?? {}));
    items.set('added/succeeded', added);
    expect(problems(items)[0]).toMatch(/^added\/succeeded says it is number 5, but no record leads to it/);
  });

  test('a chain that was written anew from end to end, by a hash that was kept elsewhere', async () => {
    const items = await table();
    const kept = String(items.get('v1.2.0/succeeded')?.hash);
    expect(problems(items, kept)).toEqual([]);
    const anew = memoryTable();
    for (const version of ['v1.1.0', 'v6.6.6', 'v1.3.0'])
      await append(anew, { ...draft, deployment: version, toVersion: version });
    expect(problems(anew.items)).toEqual([]);
    expect(problems(anew.items, kept)).toEqual([
      `the chain has no record with the hash ${kept}: the chain was written anew, or the record removed`,
    ]);
  });

  test('a changed record whose hash is the one that was kept', async () => {
    const items = await table();
    const item = items.get('v1.2.0/succeeded') ?? {};
    items.set('v1.2.0/succeeded', { ...item, actor: 'nobody' });
    expect(problems(items, String(item.hash))).toHaveLength(2);
    expect(hashOf(item)).toBe(item.hash);
  });
});
