import { OutsideError } from '../errors/index.ts';
import { type Attributes, actions, type DeploymentRecord, hashOf, recordOf, statuses } from './record.ts';

/** A record's place in its chain, which is known also of one that tells what this release does not know. */
export type Link = Pick<DeploymentRecord, 'id' | 'sequence' | 'previous' | 'previousHash' | 'hash'>;

/** The place of the record that an item holds, whichever release wrote it; undefined when the item is something else. */
export function linkOf(item: Attributes): Link | undefined {
  const record = recordOf(item);
  if (record) return record;
  const { deployment_id: id, sequence, previous, previous_hash: previousHash, hash } = item;
  if (typeof id !== 'string' || typeof previousHash !== 'string' || typeof sequence !== 'number')
    return undefined;
  if (typeof hash !== 'string' || hashOf(item) !== hash) return undefined;
  return { id, sequence, previousHash, hash, ...(typeof previous === 'string' ? { previous } : {}) };
}

/** What a record says that this release does not know, though its content has its hash; undefined for every other item. */
export function unknownIn(item: Attributes): string | undefined {
  if (recordOf(item) || !linkOf(item)) return undefined;
  const { status, action } = item;
  if (!statuses.some((known) => known === status)) return `its status is \`${status ?? 'none'}\``;
  if (!actions.some((known) => known === action)) return `its action is \`${action ?? 'none'}\``;
  return 'its layout is another';
}

/** That a record cannot be gone by, because a release wrote it that knows more than this one. */
export function writtenLater(item: Attributes, place: string): OutsideError {
  return new OutsideError({
    what: `Record \`${item.deployment_id}\` of ${place} tells what this release of promo-actions does not know`,
    why: `${unknownIn(item)}, and its content has its hash: a release wrote it that knows more`,
    remedy: 'Use that release here, too; the table is as it should be.',
  });
}
