import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { append } from './append.ts';
import { auditChain } from './audit.ts';
import { headId } from './head.ts';
import { draft, memoryTable } from './memory.test.ts';
import { type Attributes, type DeploymentStatus, hashOf, recordOf, seal } from './record.ts';
import { upToHead } from './up-to-head.ts';

const chain = { environment: 'prod', service: 'tenant-service' };
const head = headId(chain);
const pages = 4;
const before = 6;

/** A table lies in the order of its keys' hashes, whenever they were written. */
const pageOf = (key: string) => createHash('sha256').update(key).digest().readUInt8(0) % pages;
const key = (number: number) => `d${number}/succeeded`;

interface Writer {
  /** A writer may die between the head and its record's item. */
  readonly dies: boolean;
  readonly status: DeploymentStatus;
}
const writers = (statuses: readonly DeploymentStatus[]) =>
  fc.array(fc.record({ dies: fc.boolean(), status: fc.constantFrom(...statuses) }), { maxLength: 8 });
/** What is appended before each page is read, before the head is read anew, and after it. */
const moments = (statuses: readonly DeploymentStatus[] = ['succeeded', 'failed']) =>
  fc.array(writers(statuses), { minLength: pages + 2, maxLength: pages + 2 });

/** Six records; then somebody tampers with them; then they are audited while others append. */
async function audited(
  appends: readonly (readonly Writer[])[],
  tamper: (items: Map<string, Attributes>) => void = () => {},
) {
  const store = memoryTable();
  let number = 0;
  const write = async ({ dies, status }: Writer) => {
    const deployment = `d${++number}`;
    const add = dies
      ? async (item: Attributes) =>
          item.deployment === deployment ? ('added' as const) : await store.add(item)
      : store.add;
    await append({ ...store, add }, { ...draft, deployment, status, toVersion: `v1.${number}.0` });
  };
  const writeAll = async (moment: number) => {
    for (const writer of appends[moment] ?? []) await write(writer);
  };
  for (let count = 0; count < before; count++) await write({ dies: false, status: 'succeeded' });
  tamper(store.items);
  const scanned: Attributes[] = [];
  for (let page = 0; page < pages; page++) {
    await writeAll(page);
    for (const [id, item] of store.items) if (pageOf(id) === page) scanned.push(item);
  }
  await writeAll(pages);
  const expected = number;
  let asked = 0;
  const find = async (id: string) => {
    const item = await store.find(id);
    if (asked++ === 0) await writeAll(pages + 1);
    return item;
  };
  const items = await upToHead({ ...store, find }, chain, scanned);
  return { audit: auditChain(chain, items), expected };
}

test('whatever is appended while a table is scanned, an honest chain has no flaw, and is whole', async () => {
  await fc.assert(
    fc.asyncProperty(moments(), async (appends) => {
      const { audit, expected } = await audited(appends);
      expect(audit).toMatchObject({ records: expected, flaws: [] });
    }),
    { numRuns: 50 },
  );
});

const changed = (items: Map<string, Attributes>, id: string, values: Attributes) =>
  items.set(id, { ...items.get(id), ...values });

describe('whatever is appended meanwhile, an audit tells', () => {
  test.each<[string, (items: Map<string, Attributes>, number: number) => void]>([
    ['a record that was removed', (items, number) => void items.delete(key(number))],
    ['a record that was changed', (items, number) => void changed(items, key(number), { actor: 'nobody' })],
    [
      'a record that was replaced, hash and all',
      (items, number) => {
        const forged = { ...items.get(key(number)), to_version: 'v6.6.6' };
        items.set(key(number), { ...forged, hash: hashOf(forged) });
      },
    ],
    [
      'records that changed places',
      (items, number) => {
        changed(items, key(number), { sequence: number + 1 });
        changed(items, key(number + 1), { sequence: number });
      },
    ],
    [
      'a record that points to itself',
      (items, number) => void changed(items, key(number), { previous: key(number) }),
    ],
    [
      'a record that was added',
      (items, number) =>
        void items.set(
          'added/succeeded',
          seal({ ...draft, deployment: 'added' }, recordOf(items.get(key(number)) ?? {})),
        ),
    ],
    [
      'a record that was added at the end',
      (items) =>
        void items.set(
          'added/succeeded',
          seal({ ...draft, deployment: 'added' }, recordOf(items.get(key(before)) ?? {})),
        ),
    ],
  ])('%s', async (_, tamper) => {
    const number = fc.integer({ min: 1, max: before - 1 });
    await fc.assert(
      fc.asyncProperty(moments(), number, async (appends, which) => {
        const { audit } = await audited(appends, (items) => tamper(items, which));
        expect(audit.flaws).not.toEqual([]);
      }),
      { numRuns: 12 },
    );
  });

  test('a head that says another version, as long as it says so', async () => {
    await fc.assert(
      fc.asyncProperty(moments(['failed']), async (appends) => {
        const { audit } = await audited(appends, (items) =>
          changed(items, head, { current_version: 'v6.6.6' }),
        );
        expect(audit.flaws).toMatchObject([{ id: head, problem: expect.stringContaining('v6.6.6') }]);
      }),
      { numRuns: 12 },
    );
  });
});

test('a record that is removed as others are appended is told alone', async () => {
  const append24: readonly Writer[] = Array.from({ length: 24 }, () => ({ dies: false, status: 'failed' }));
  const { audit } = await audited([append24], (items) => items.delete(key(5)));
  expect(audit.flaws).toMatchObject([{ id: key(5), sequence: 5 }]);
});
