import { type Link, linkOf, unknownIn } from './later.ts';
import { type Attributes, firstPreviousHash, hashOf } from './record.ts';

/** One place where a chain of records does not hold together. */
export interface Flaw {
  /** The key of the item; of a record that is gone, the key it had where it is known. */
  readonly id: string;
  /** Its number in the chain, where it is known. */
  readonly sequence?: number;
  readonly problem: string;
  /** True where nothing is wrong but that a release wrote it which knows more than this one. */
  readonly later?: boolean;
}

/** The last record of a chain, as it is known from somewhere else than its own item. */
export interface Anchor {
  readonly hash: string;
  readonly id?: string;
  readonly sequence?: number;
}

interface Found {
  readonly item: Attributes;
  readonly record: Link;
}

/** What the record after it says of the next one to be looked at. */
interface Expectation {
  readonly id?: string | undefined;
  /** Undefined where nobody who can be trusted vouches for it. */
  readonly hash?: string | undefined;
  /** Undefined where the walk begins without an anchor. */
  readonly sequence?: number | undefined;
  /** Who expects it, for messages. */
  readonly by: string;
}

/**
 * Whether the items of one environment and service, in any order, are the records as they were written. The walk goes from
 * the last record to the first, because each vouches for the one before it: so it is told which record was changed,
 * replaced, removed, moved or added, and its neighbours are not blamed. `anchor` vouches for the last one: the head item,
 * or the `hash` output in a run's log, which nobody can rewrite. Without it a chain cut short looks whole.
 */
export function verifyChain(items: readonly Attributes[], anchor?: Anchor): readonly Flaw[] {
  const flaws: Flaw[] = [];
  const unseen = new Map<string, Found>();
  for (const item of items) {
    const record = linkOf(item);
    if (record) unseen.set(record.id, { item, record });
    else flaws.push({ id: String(item.deployment_id), problem: 'is not a record' });
    const unknown = unknownIn(item);
    if (record && unknown)
      flaws.push({
        id: record.id,
        sequence: record.sequence,
        problem: `was written by a release of promo-actions that knows more than this one: ${unknown}`,
        later: true,
      });
  }
  let expected: Expectation | undefined = start(unseen, anchor, flaws);
  while (expected) {
    const step = take(expected, unseen, flaws);
    expected = step && look(step.found, step.expected, flaws);
  }
  for (const { record } of unseen.values())
    flaws.push({
      id: record.id,
      sequence: record.sequence,
      problem: `says it is number ${record.sequence}, but no record leads to it: it was added, or moved from its place`,
    });
  return flaws.sort((a, b) => (a.sequence ?? 0) - (b.sequence ?? 0));
}

function start(
  unseen: ReadonlyMap<string, Found>,
  anchor: Anchor | undefined,
  flaws: Flaw[],
): Expectation | undefined {
  if (!anchor) return unseen.size > 0 ? { by: 'the end of the chain' } : undefined;
  const named = [...unseen.values()].find(({ record }) => record.hash === anchor.hash);
  const id = anchor.id ?? named?.record.id;
  const by = 'the head of the chain';
  if (id !== undefined) return { id, hash: anchor.hash, sequence: anchor.sequence, by };
  const last = newest(unseen);
  const problem = 'is not the last record: the chain was cut short or replaced';
  flaws.push(
    last ? { id: last.record.id, sequence: last.record.sequence, problem } : { id: 'the chain', problem },
  );
  return last && { by };
}

/** The record that is expected; where it is gone, that is told, and the walk goes on with the newest one before it. */
function take(
  expected: Expectation,
  unseen: Map<string, Found>,
  flaws: Flaw[],
): { readonly found: Found; readonly expected: Expectation } | undefined {
  const { id, hash, sequence, by } = expected;
  const named = id === undefined ? undefined : unseen.get(id);
  if (id !== undefined && named) {
    unseen.delete(id);
    return { found: named, expected };
  }
  const removed = id !== undefined && hash !== undefined;
  if (removed) {
    const problem = `is missing: it was removed. ${upperFirst(by)} names it`;
    flaws.push({ id, ...(sequence === undefined ? {} : { sequence }), problem });
  }
  const last = sequence === undefined ? Number.POSITIVE_INFINITY : removed ? sequence - 1 : sequence;
  const found = newest(unseen, last);
  if (Number.isFinite(last)) tellGap((found?.record.sequence ?? 0) + 1, last, flaws);
  if (!found) return undefined;
  unseen.delete(found.record.id);
  return { found, expected: { sequence: found.record.sequence, by } };
}

function tellGap(from: number, to: number, flaws: Flaw[]): void {
  if (from > to) return;
  const id = from === to ? `record ${from}` : `records ${from} to ${to}`;
  flaws.push({ id, sequence: from, problem: from === to ? 'is missing' : 'are missing' });
}

/** Looks at one record, and answers what it says of the one before it; undefined at the chain's beginning. */
function look({ item, record }: Found, expected: Expectation, flaws: Flaw[]): Expectation | undefined {
  const { id, previous, previousHash } = record;
  const vouched = expected.hash === record.hash;
  const place = vouched ? (expected.sequence ?? record.sequence) : record.sequence;
  const problem = problemOf({ item, record }, expected, place);
  if (problem) flaws.push({ id, sequence: place, problem: problem.text });
  const sequence = place - 1;
  const by = `record ${place} \`${id}\``;
  const isFirst = previous === undefined && previousHash === firstPreviousHash;
  if (sequence <= 0 && isFirst) return undefined;
  if (problem && !problem.linksHold) return sequence > 0 ? { id: previous, sequence, by } : undefined;
  return previous === undefined && sequence <= 0
    ? undefined
    : { id: previous, hash: previousHash, sequence, by };
}

/** What is wrong with a record, if anything; `linksHold` when what it says of the one before it can be relied on. */
function problemOf(
  { item, record }: Found,
  expected: Expectation,
  place: number,
): { readonly text: string; readonly linksHold: boolean } | undefined {
  if (hashOf(item) !== record.hash) {
    const inPlace = { ...item, sequence: place };
    if (record.sequence !== place && hashOf(inPlace) === record.hash)
      return {
        text: `was moved: it is number ${place}, and its item says ${record.sequence}`,
        linksHold: true,
      };
    return { text: 'was changed: its content does not have its hash', linksHold: false };
  }
  if (expected.hash !== undefined && expected.hash !== record.hash)
    return {
      text: `was replaced: its content has a hash of its own, and ${expected.by} names another`,
      linksHold: false,
    };
  return undefined;
}

/** The unseen record with the highest number up to the limit. */
function newest(unseen: ReadonlyMap<string, Found>, limit = Number.POSITIVE_INFINITY): Found | undefined {
  let best: Found | undefined;
  for (const found of unseen.values()) {
    const { sequence } = found.record;
    if (sequence <= limit && sequence > (best?.record.sequence ?? Number.NEGATIVE_INFINITY)) best = found;
  }
  return best;
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
