import { headId, lastItemOf, recentOf } from './head.ts';
import { linkOf } from './later.ts';
import type { Attributes, Chain } from './record.ts';
import type { RecordStore } from './store.ts';

/**
 * Every item of a chain as its head tells it after a scan. A scan is no snapshot: records that are appended meanwhile may
 * lie on pages that it has read already, or before the head that it has read. So the head is read anew, after the scan
 * (whatever the scan saw is in the chain by then, for the head moves before a record is written), and what leads to it and
 * was not seen is fetched by key. What is not there either stays missing, for the audit to tell.
 * @param scanned the items of the chain that the scan has found, in any order.
 */
export async function upToHead(
  store: RecordStore,
  chain: Chain,
  scanned: readonly Attributes[],
): Promise<readonly Attributes[]> {
  const id = headId(chain);
  const item = await store.find(id);
  const known = new Map(scanned.map((one) => [String(one.deployment_id), one]));
  known.delete(id);
  const lastItem = item && lastItemOf(item);
  const last = lastItem && linkOf(lastItem);
  if (last) {
    const unseen = [last.id, ...recentOf(item)].filter((key) => !known.has(key));
    const newest = unseen.length > 0 ? await store.findAll(unseen) : [];
    for (const [key, one] of newest) known.set(key, one);
    let record = last;
    while (record.previous !== undefined) {
      const { previous, sequence } = record;
      const found = known.get(previous) ?? (await store.find(previous));
      const before = found && linkOf(found);
      if (!before || before.sequence >= sequence) break;
      known.set(previous, found);
      record = before;
    }
  }
  return [...known.values(), ...(item ? [item] : [])];
}
