import { type Attributes, firstPreviousHash, hashOf, recordOf } from './record.ts';

/** One place where a chain of records does not hold together. */
export interface Flaw {
  /** The key of the item. */
  readonly id: string;
  readonly problem: string;
}

/**
 * Whether the items of one environment and service, in any order, are the records as they were written: every hash its
 * own, every record after the one it names, none missing. `head` is the hash of the last record from somewhere else (the
 * head item, or the `hash` output in a run's log, which nobody can rewrite): without it, a chain cut short looks whole.
 */
export function verifyChain(items: readonly Attributes[], head?: { readonly hash: string }): readonly Flaw[] {
  const flaws: Flaw[] = [];
  const found = items.flatMap((item) => {
    const record = recordOf(item);
    if (!record) flaws.push({ id: String(item.deployment_id), problem: 'is not a record' });
    return record ? [{ item, record }] : [];
  });
  found.sort((a, b) => a.record.sequence - b.record.sequence);
  let expected = { sequence: 1, id: undefined as string | undefined, hash: firstPreviousHash };
  for (const { item, record } of found) {
    const flaw = (problem: string) => flaws.push({ id: record.id, problem });
    const { sequence } = record;
    if (hashOf(item) !== record.hash) flaw('was changed: its content does not have its hash');
    if (sequence > expected.sequence) {
      const missing = sequence - expected.sequence;
      const range =
        missing === 1
          ? `record ${expected.sequence} is`
          : `records ${expected.sequence} to ${sequence - 1} are`;
      flaw(`${range} missing before it`);
    } else if (sequence < expected.sequence) flaw(`has the number ${sequence}, which another record has`);
    else if (record.previousHash !== expected.hash || record.previous !== expected.id)
      flaw('does not follow the record before it: one of the two was replaced');
    expected = { sequence: sequence + 1, id: record.id, hash: record.hash };
  }
  const last = found.at(-1);
  if (head && head.hash !== (last?.record.hash ?? firstPreviousHash))
    flaws.push({
      id: last?.record.id ?? 'the chain',
      problem: 'is not the last record: the chain was cut short or replaced',
    });
  return flaws;
}
