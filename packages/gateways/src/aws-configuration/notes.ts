import type { NoteStore } from '@promo-actions/core/configuration';
import { createItemTable, isNew } from '../aws-table/index.ts';

/** What promotions found, in a DynamoDB table keyed by `deployment_id`. */
export function createNoteStore(table: string): NoteStore {
  const { place, find, put } = createItemTable(table);
  return {
    place,
    find,
    write: (item, expected) =>
      expected === undefined
        ? put(item, `${isNew} OR attribute_not_exists(config_revision)`)
        : put(item, 'config_revision = :expected', { ':expected': expected }),
  };
}
