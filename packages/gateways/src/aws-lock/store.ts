import type { LockStore } from '@promo-actions/core/lock';
import { createItemTable, isNew } from '../aws-table/index.ts';

/** Locks in a DynamoDB table keyed by `deployment_id`, beside the deployment records or alone. */
export function createLockStore(table: string, options: { readonly region?: string } = {}): LockStore {
  const { place, find, put } = createItemTable(table, options);
  return {
    place,
    find,
    async put(item, expected) {
      const done =
        expected === undefined
          ? await put(item, isNew)
          : await put(item, 'lock_revision = :expected', { ':expected': expected });
      return done ? 'done' : 'moved';
    },
  };
}
