import type { Attributes } from '../deployment/index.ts';

/** The table that holds the locks, keyed by `deployment_id` alone; the table of records will do. */
export interface LockStore {
  /** How messages name it: "table `deployments` in af-south-1". */
  readonly place: string;
  /** The item as the last write left it (a consistent read), or undefined. */
  find(id: string): Promise<Attributes | undefined>;
  /**
   * Writes a lock's item, provided that the table still holds the one with `expected` as its `lock_revision`, or none
   * when that is undefined; `'moved'` otherwise, and nothing was changed.
   */
  put(item: Attributes, expected: number | undefined): Promise<'done' | 'moved'>;
}
