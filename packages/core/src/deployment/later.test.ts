import { describe, expect, test } from '@jest/globals';
import { append } from './append.ts';
import { auditChain } from './audit.ts';
import { headId, lastItemOf } from './head.ts';
import { history } from './history.ts';
import { unknownIn } from './later.ts';
import { draft, memoryTable } from './memory.test.ts';
import { type Attributes, hashOf, recordOf, seal } from './record.ts';
import { upToHead } from './up-to-head.ts';

const chain = { environment: 'prod', service: 'tenant-service' };
const of = (deployment: string) => ({ ...draft, deployment, toVersion: deployment });

/** An item as a release would write it that knows more. */
function told(item: Attributes, more: Attributes): Attributes {
  const content = { ...item, ...more };
  return { ...content, hash: hashOf(content) };
}

/** Three records, the one with that number written by a later release. */
async function tableWith(number: number, more: Attributes) {
  const table = memoryTable();
  const versions = ['v1', 'v2', 'v3'];
  for (const version of versions) await append(table, of(version));
  let before: Attributes | undefined;
  for (const [index, version] of versions.entries()) {
    const link = before ? { previous_hash: String(before.hash) } : {};
    const item = table.items.get(`${version}/succeeded`) ?? {};
    before = told(item, index + 1 === number ? { ...link, ...more } : link);
    table.items.set(`${version}/succeeded`, before);
  }
  const carried = { head_record: JSON.stringify(before), head_hash: String(before?.hash) };
  table.items.set(headId(chain), { ...table.items.get(headId(chain)), ...carried });
  return table;
}

async function walk(table: ReturnType<typeof memoryTable>): Promise<number> {
  let count = 0;
  for await (const _ of history(table, chain)) count++;
  return count;
}

const kinds: readonly [string, Attributes][] = [
  ['its status is `paused`', { status: 'paused' }],
  ['its action is `rehearse`', { action: 'rehearse' }],
];

describe.each(kinds)('a record of a later release (%s)', (unknown, more) => {
  const message = new RegExp(
    `tells what this release of promo-actions does not know: ${unknown}, and its content has its hash: .* Use that release here, too`,
  );

  test('as the last one keeps others from being appended, and is no damage', async () => {
    const table = await tableWith(3, more);
    const before = new Map(table.items);
    await expect(append(table, of('v4'))).rejects.toThrow(message);
    await expect(walk(table)).rejects.toThrow(message);
    expect(table.items).toEqual(before);
  });

  test('before others is where the history stops', async () => {
    await expect(walk(await tableWith(2, more))).rejects.toThrow(message);
  });

  test('is not taken for the record that a step would write', async () => {
    const table = memoryTable();
    table.items.set('v1/succeeded', told(seal(of('v1'), undefined), more));
    await expect(append(table, of('v1'))).rejects.toThrow(message);
  });

  test.each([1, 2, 3])('is the one thing that an audit tells, as number %i', async (number) => {
    const table = await tableWith(number, more);
    const flaw = { id: `v${number}/succeeded`, sequence: number, later: true };
    const problem = `was written by a release of promo-actions that knows more than this one: ${unknown}`;
    expect(auditChain(chain, [...table.items.values()]).flaws).toEqual([{ ...flaw, problem }]);
    const head = table.items.get(headId(chain)) ?? {};
    const fetched = await upToHead(table, chain, [head]);
    expect(auditChain(chain, fetched)).toMatchObject({ records: 3, flaws: [{ ...flaw, problem }] });
  });

  test('that was put in the place of another is told as that, too', async () => {
    const table = memoryTable();
    for (const version of ['v1', 'v2']) await append(table, of(version));
    table.items.set('v1/succeeded', told(table.items.get('v1/succeeded') ?? {}, more));
    const { flaws } = auditChain(chain, [...table.items.values()]);
    expect(flaws.map(({ problem }) => problem)).toContainEqual(expect.stringMatching('was replaced'));
    expect(flaws.every(({ later }) => later)).toBe(false);
  });

  test('without its hash is an item that was changed by hand', async () => {
    const table = memoryTable();
    await append(table, of('v1'));
    const item = { ...table.items.get('v1/succeeded'), ...more };
    expect(unknownIn(item)).toBeUndefined();
    const head = { ...table.items.get(headId(chain)), head_record: JSON.stringify(item) };
    expect(lastItemOf(head)).toBeUndefined();
    table.items.set(headId(chain), head);
    await expect(append(table, of('v2'))).rejects.toThrow('changed by hand');
  });
});

test('a record of this release, and an item of somebody else, are of no later one', () => {
  const item = seal(draft, undefined);
  expect(recordOf(item)).toBeDefined();
  for (const one of [item, { deployment_id: 'x', status: 'paused' }, told({ deployment_id: 'x' }, {})])
    expect(unknownIn(one)).toBeUndefined();
});
