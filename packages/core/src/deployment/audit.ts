import { type Flaw, verifyChain } from './chain.ts';
import { advanced, type Current, type Head, headId, headOf, lastItemOf } from './head.ts';
import { linkOf, unknownIn } from './later.ts';
import { type Attributes, type Chain, type DeploymentRecord, hashOf, recordOf } from './record.ts';

/** What an audit found. */
export interface Audit {
  readonly records: number;
  readonly flaws: readonly Flaw[];
  /** The last record, as the head has it. */
  readonly last?: DeploymentRecord;
}

/**
 * Verifies a whole chain: its records, its head, and the current version that the head tells. An item that was never
 * written because its writer died is no flaw: the head carries it, and the next record brings it.
 * @param items every item of the table that belongs to the chain, the head among them, in any order.
 * @param knownHash the `hash` output of record-deployment, kept outside of the table. Whoever can write to the table can
 * write the whole chain anew, and nothing in it would show that; this hash would.
 */
export function auditChain(chain: Chain, items: readonly Attributes[], knownHash?: string): Audit {
  const headItem = items.find((item) => item.deployment_id === headId(chain));
  const head = headItem && headOf(headItem);
  const lastItem = headItem && lastItemOf(headItem);
  const last = lastItem && linkOf(lastItem);
  const records = items.filter((item) => item !== headItem && looksLikeRecord(item));
  const all =
    last && !records.some((item) => item.deployment_id === last.id) && hashOf(lastItem) === last.hash
      ? [...records, lastItem]
      : records;
  const flaws: Flaw[] = [
    ...verifyChain(all, last),
    ...headFlaws(chain, headItem, head, all),
    ...knownFlaws(all, knownHash),
  ];
  return { records: all.length, flaws, ...(head ? { last: head.last } : {}) };
}

/** Others may keep items of the same environment and service in the table; none of theirs has a place in a chain. */
function looksLikeRecord(item: Attributes): boolean {
  return item.previous_hash !== undefined || item.sequence !== undefined;
}

function headFlaws(
  chain: Chain,
  item: Attributes | undefined,
  head: Head | undefined,
  all: readonly Attributes[],
): readonly Flaw[] {
  const id = headId(chain);
  if (!item) return all.length > 0 ? [{ id, problem: 'is missing: the head of the chain was removed' }] : [];
  if (!head && !lastItemOf(item))
    return [{ id, problem: 'was changed: it is not the head of a chain any more' }];
  if (head && hashOf(head.lastItem) !== head.last.hash)
    return [{ id, problem: 'was changed: the record that it carries does not have its hash' }];
  // What is deployed by a record of a later release is not known here; that record is told as a flaw itself.
  if (!head || all.some(unknownIn)) return [];
  const current = currentOf(all);
  if (current?.version === head.current?.version && current?.record === head.current?.record) return [];
  const says = head.current ? `${head.current.version} is deployed` : 'nothing is deployed';
  const records = current ? `${current.version} by \`${current.record}\`` : 'that nothing is';
  return [{ id, problem: `was changed: it says that ${says}, and the records say ${records}` }];
}

/** The version that the records say is deployed. */
function currentOf(items: readonly Attributes[]): Current | undefined {
  let head: Head | undefined;
  const inOrder = items
    .filter((item) => recordOf(item))
    .sort((a, b) => Number(a.sequence) - Number(b.sequence));
  for (const item of inOrder) head = advanced(head, item);
  return head?.current;
}

function knownFlaws(all: readonly Attributes[], knownHash: string | undefined): readonly Flaw[] {
  if (knownHash === undefined || all.some((item) => item.hash === knownHash && hashOf(item) === knownHash))
    return [];
  const problem = `has no record with the hash ${knownHash}: the chain was written anew, or the record removed`;
  return [{ id: 'the chain', problem }];
}
