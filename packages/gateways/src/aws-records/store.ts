import type { RecordStore } from '@promo-actions/core/deployment';
import { createItemTable, isNew } from '../aws-table/index.ts';

/** Deployment records in a DynamoDB table keyed by `deployment_id`, which may hold items of others. */
export function createRecordStore(table: string, options: { readonly region?: string } = {}): RecordStore {
  const { place, find, findAll, put } = createItemTable(table, options);
  return {
    place,
    find,
    findAll,
    async add(item) {
      return (await put(item, isNew)) ? 'added' : 'exists';
    },
    async moveHead(item, expected) {
      const done =
        expected === undefined
          ? await put(item, isNew)
          : await put(item, 'head_hash = :expected', { ':expected': expected });
      return done ? 'done' : 'moved';
    },
  };
}
