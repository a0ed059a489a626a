import { OutsideError } from '../errors/index.ts';
import { readHead } from './append.ts';
import { linkOf, unknownIn, writtenLater } from './later.ts';
import { type Attributes, type Chain, type DeploymentRecord, recordOf } from './record.ts';
import type { RecordStore } from './store.ts';

/**
 * The items of a chain, newest first, each fetched when it is asked for. The last one comes from the head, so that a
 * record whose own item is still unwritten is there too.
 * @param wanted how many the reader wants: as many of them as the head remembers are read in one call.
 */
export async function* history(store: RecordStore, chain: Chain, wanted = 1): AsyncGenerator<Attributes> {
  const head = await readHead(store, chain);
  const ahead = (head?.recent ?? []).slice(0, wanted - 1);
  const known = ahead.length > 1 ? await store.findAll(ahead) : new Map<string, Attributes>();
  let item: Attributes | undefined = head?.lastItem;
  while (item) {
    yield item;
    const record = recordOf(item);
    if (record?.previous === undefined) return;
    const before: Attributes | undefined = known.get(record.previous) ?? (await store.find(record.previous));
    if (!before || linkOf(before)?.sequence !== record.sequence - 1) {
      const problem = before ? 'is not the record it was' : 'is missing';
      throw new OutsideError({
        what: `Record \`${record.previous}\` of ${chain.service} in ${chain.environment} ${problem}`,
        why: `${store.place} has record ${record.sequence} \`${record.id}\`, which names it as number ${record.sequence - 1}`,
        remedy: 'Restore it from a backup of the table; the history before it cannot be relied on.',
      });
    }
    if (unknownIn(before)) throw writtenLater(before, store.place);
    item = before;
  }
}

/** The last records of a chain, newest first: one read for the head, and one for all that it remembers of those before. */
export async function lastRecords(
  store: RecordStore,
  chain: Chain,
  count: number,
): Promise<readonly DeploymentRecord[]> {
  const records: DeploymentRecord[] = [];
  if (count === 0) return records;
  for await (const item of history(store, chain, count)) {
    const record = recordOf(item);
    if (record) records.push(record);
    if (records.length >= count) break;
  }
  return records;
}
