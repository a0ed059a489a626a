import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Anchor, verifyChain } from './chain.ts';
import { draft } from './memory.test.ts';
import { type Attributes, canonicalJson, hashOf, recordOf, seal } from './record.ts';

function chainOf(length: number): Attributes[] {
  const items: Attributes[] = [];
  for (let index = 0; index < length; index++) {
    const before = items.at(-1);
    items.push(
      seal({ ...draft, deployment: `d${index + 1}`, reason: 'Release' }, before && recordOf(before)),
    );
  }
  return items;
}
const problems = (items: readonly Attributes[], head?: Anchor) =>
  verifyChain(items, head).map(({ id, problem }) => `${id} ${problem}`);
const last = (items: readonly Attributes[]) => ({ hash: String(items.at(-1)?.hash) });

test('a chain as it was written holds, in any order', () => {
  fc.assert(
    fc.property(
      fc
        .integer({ min: 0, max: 8 })
        .chain((length) => fc.shuffledSubarray(chainOf(length), { minLength: length })),
      (items) => {
        expect(verifyChain(items)).toEqual([]);
      },
    ),
  );
  const items = chainOf(3);
  expect(verifyChain(items, last(items))).toEqual([]);
});

test('no change of any attribute of any record stays unseen', () => {
  const items = chainOf(4);
  fc.assert(
    fc.property(
      fc.nat({ max: 3 }),
      fc.constantFrom(...Object.keys(items[1] ?? {})),
      fc.string(),
      (index, name, value) => {
        fc.pre(items[index]?.[name] !== value);
        const changed = items.map((item, at) => (at === index ? { ...item, [name]: value } : item));
        expect(verifyChain(changed)).not.toEqual([]);
      },
    ),
  );
});

test('an attribute more or less is seen', () => {
  const items = chainOf(2);
  expect(problems([{ ...items[0], approved_by: 'nobody' }, items[1] ?? {}])).toEqual([
    'd1/succeeded was changed: its content does not have its hash',
  ]);
  const { reason: _, ...without } = items[0] ?? {};
  expect(problems([without, items[1] ?? {}])).toHaveLength(1);
});

test('a change with its hash mended is told of that record, by the one after it', () => {
  const items = chainOf(3);
  const changed: Attributes = { ...items[1], to_version: 'v6.6.6' };
  const forged: Attributes = { ...changed, hash: hashOf(changed) };
  expect(problems([items[0] ?? {}, forged, items[2] ?? {}])).toEqual([
    'd2/succeeded was replaced: its content has a hash of its own, and record 3 `d3/succeeded` names another',
  ]);
});

test('missing and doubled records are seen', () => {
  const items = chainOf(5);
  const without = (...gone: number[]) => items.filter((_, index) => !gone.includes(index));
  expect(problems(without(0))).toEqual([
    'd1/succeeded is missing: it was removed. Record 2 `d2/succeeded` names it',
  ]);
  expect(problems(without(1, 2))).toEqual([
    'record 2 is missing',
    'd3/succeeded is missing: it was removed. Record 4 `d4/succeeded` names it',
  ]);
  expect(problems([...items, seal({ ...draft, deployment: 'fork' }, recordOf(items[1] ?? {}))])).toEqual([
    'fork/succeeded says it is number 3, but no record leads to it: it was added, or moved from its place',
  ]);
});

test('two records that changed places are both told, and nobody else', () => {
  const [a = {}, b = {}, c = {}, d = {}, e = {}] = chainOf(5);
  const swapped = [a, { ...b, sequence: 3 }, { ...c, sequence: 2 }, d, e];
  expect(problems(swapped, last([e]))).toEqual([
    'd2/succeeded was moved: it is number 2, and its item says 3',
    'd3/succeeded was moved: it is number 3, and its item says 2',
  ]);
});

test('a removed record is told by the head too, by its key and number', () => {
  const items = chainOf(4);
  const { id, hash, sequence } = recordOf(items[3] ?? {}) ?? { id: '', hash: '', sequence: 0 };
  expect(problems(items.slice(0, 3), { hash, id, sequence })).toEqual([
    'd4/succeeded is missing: it was removed. The head of the chain names it',
  ]);
});

test('exactly the records that were tampered with are told', () => {
  const tampering = fc.record({
    length: fc.integer({ min: 3, max: 12 }),
    at: fc.nat(),
    how: fc.constantFrom('change', 'replace', 'remove'),
  });
  fc.assert(
    fc.property(tampering, ({ length, at, how }) => {
      const items = chainOf(length);
      const index = at % length;
      const changed: Attributes = { ...items[index], to_version: 'v6.6.6' };
      const becomes = {
        change: [changed],
        replace: [{ ...changed, hash: hashOf(changed) }],
        remove: [],
      } as const;
      const tampered = items.flatMap((item, each) => (each === index ? becomes[how] : [item]));
      const record = recordOf(items.at(-1) ?? {});
      if (!record) throw new Error('no record');
      const flaws = verifyChain(tampered, record);
      expect(flaws.map(({ id, sequence }) => [id, sequence])).toEqual([
        [`d${index + 1}/succeeded`, index + 1],
      ]);
    }),
  );
});

test('a chain that was cut short is seen by whoever kept the last hash', () => {
  const items = chainOf(3);
  expect(verifyChain(items.slice(0, 2))).toEqual([]);
  expect(problems(items.slice(0, 2), last(items))).toEqual([
    'd2/succeeded is not the last record: the chain was cut short or replaced',
  ]);
  expect(problems([], last(items))).toHaveLength(1);
});

test('canonical JSON sorts its keys and keeps everything else', () => {
  expect(canonicalJson({ b: 'é"\n', a: 2, Z: 1 })).toBe('{"Z":1,"a":2,"b":"é\\"\\n"}');
  expect(hashOf({ a: 1, hash: 'x' })).toBe(hashOf({ a: 1 }));
});

test('an item of somebody else is no record', () => {
  expect(recordOf({ deployment_id: 'x', status: 'succeeded' })).toBeUndefined();
  expect(problems([{ deployment_id: 'x' }])).toEqual(['x is not a record']);
});
