import { type Clock, formatInstant } from '../clock/index.ts';
import { OutsideError } from '../errors/index.ts';
import { advanced, type Head, headId, headItem, headOf, lastItemOf } from './head.ts';
import { unknownIn, writtenLater } from './later.ts';
import { type Chain, type DeploymentRecord, type Draft, recordId, recordOf, seal } from './record.ts';
import type { RecordStore } from './store.ts';

/** More writers than this at one chain at one moment is no deployment any more. */
const attempts = 60;

/** A record in its chain. `added` is false when it had been there before. */
export interface Appended {
  readonly record: DeploymentRecord;
  readonly head: Head;
  readonly added: boolean;
}

/**
 * Appends a record by writes of single items, in this order:
 *
 * 1. Read the head. Should the item of its last record be missing, a writer died there: write it from the head's copy.
 * 2. Look for the record: a step that runs twice finds it, and writes nothing.
 * 3. Move the head to the new record, provided that it has not moved since 1. This is the moment the record exists: the
 *    chain cannot fork, and of two equal records one is refused, because it looked before the other was there.
 * 4. Write the record's own item.
 *
 * Whoever dies between 3 and 4 leaves a head that carries the record; the next to come writes the item (step 1).
 *
 * @param clock dates the record when it is given its place, after the store has answered: its clock may be set by that.
 */
export async function append(
  store: RecordStore,
  draft: Draft,
  clock?: Pick<Clock, 'now'>,
): Promise<Appended> {
  const id = recordId(draft);
  const own = new Set<string>();
  for (let attempt = 0; attempt < attempts; attempt++) {
    const head = await mendedHead(store, draft);
    const existing = await existingRecord(store, draft, id);
    if (existing && head) return { record: existing, head, added: own.has(existing.hash) };

    const item = seal(withOrigin(dated(draft, clock), head), head?.last);
    const next = advanced(head, item);
    own.add(next.last.hash);
    if ((await moveHead(store, next, head)) === 'moved') continue;
    try {
      await store.add(item);
    } catch (error) {
      throw error instanceof OutsideError
        ? error.after(
            `the head of the chain carries record ${next.last.sequence} (\`${id}\`); running again writes its item`,
          )
        : error;
    }
    return { record: next.last, head: next, added: true };
  }
  throw new OutsideError({
    what: `Record \`${id}\` could not be appended to ${store.place}`,
    why: `others moved the head of its chain ${attempts} times meanwhile`,
    remedy: 'Let one run at a time deploy a service to an environment, then run again.',
  });
}

/** An answer can be lost after its effect: where the head reads as it was to become, it was moved. */
async function moveHead(store: RecordStore, next: Head, last: Head | undefined): Promise<'done' | 'moved'> {
  try {
    return await store.moveHead(headItem(next), last?.last.hash);
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    const now = await readHead(store, next).catch(() => error);
    if (now === error) throw error.after('perhaps the head of the chain; it could not be read again');
    if (now instanceof Error || now?.last.hash !== next.last.hash) throw error;
    return 'done';
  }
}

/** The draft with the date of this moment, where there is a clock to tell it. */
export function dated(draft: Draft, clock: Pick<Clock, 'now'> | undefined): Draft {
  return clock ? { ...draft, timestamp: formatInstant(clock.now()) } : draft;
}

/** A deployment that does not say what it replaces replaces what is current. */
export function withOrigin(draft: Draft, head: Head | undefined): Draft {
  const version = head?.current?.version;
  const known = draft.fromVersion !== undefined || draft.action === 'config' || version === undefined;
  return known ? draft : { ...draft, fromVersion: version };
}

/** The head of a chain, its last record written. Undefined when the chain is empty. */
async function mendedHead(store: RecordStore, chain: Chain): Promise<Head | undefined> {
  const head = await readHead(store, chain);
  if (head && !(await store.find(head.last.id))) await store.add(head.lastItem);
  return head;
}

/** The head of a chain as it stands. @throws OutsideError when its key holds something else, or its last record is of a later release. */
export async function readHead(store: RecordStore, chain: Chain): Promise<Head | undefined> {
  const item = await store.find(headId(chain));
  if (!item) return undefined;
  const head = headOf(item);
  if (head) return head;
  const lastItem = lastItemOf(item);
  if (lastItem) throw writtenLater(lastItem, store.place);
  throw new OutsideError({
    what: `The item \`${headId(chain)}\` of ${store.place} is not the head of a chain of records`,
    why: 'it was changed by hand, or belongs to someone else',
    remedy: 'Restore it from a backup of the table, or give another `table`.',
  });
}

/** The draft's record if it is written already. @throws OutsideError when its key says something else. */
export async function existingRecord(
  store: RecordStore,
  draft: Draft,
  id: string,
): Promise<DeploymentRecord | undefined> {
  const item = await store.find(id);
  if (!item) return undefined;
  const record = recordOf(item);
  const other = (why: string) =>
    new OutsideError({
      what: `Record \`${id}\` is in ${store.place} already and says something else`,
      why,
      remedy: 'Records are never changed. Give this deployment a `deployment-id` of its own.',
    });
  if (!record) throw unknownIn(item) ? writtenLater(item, store.place) : other('the item is no record');
  for (const field of ['environment', 'service', 'action', 'fromVersion', 'toVersion'] as const) {
    const [is, asked] = [record[field], draft[field]];
    if (asked !== undefined && is !== asked)
      throw other(`its ${words[field]} is ${is ?? 'none'}, not ${asked}`);
  }
  return record;
}

const words = {
  environment: 'environment',
  service: 'service',
  action: 'action',
  fromVersion: 'from-version',
  toVersion: 'to-version',
} as const;
