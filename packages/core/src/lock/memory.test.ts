import { expect, test } from '@jest/globals';
import type { Attributes } from '../deployment/index.ts';
import type { LockStore } from './index.ts';

/** A table of locks in memory. `each` runs before every call, to wait or to fail. */
export function memoryLocks(each: (call: string) => Promise<void> = async () => {}): LockStore & {
  readonly items: Map<string, Attributes>;
} {
  const items = new Map<string, Attributes>();
  return {
    items,
    place: 'table `locks`',
    async find(id) {
      await each(`find ${id}`);
      return items.get(id);
    },
    async put(item, expected) {
      await each(`put ${item.deployment_id}`);
      const id = String(item.deployment_id);
      if (items.get(id)?.lock_revision !== expected) return 'moved';
      items.set(id, item);
      return 'done';
    },
  };
}

test('a write on what is no longer there is refused', async () => {
  const locks = memoryLocks();
  expect(await locks.put({ deployment_id: 'a', lock_revision: 1 }, undefined)).toBe('done');
  expect(await locks.put({ deployment_id: 'a', lock_revision: 1 }, undefined)).toBe('moved');
  expect(await locks.put({ deployment_id: 'a', lock_revision: 2 }, 1)).toBe('done');
  expect(await locks.put({ deployment_id: 'a', lock_revision: 2 }, 1)).toBe('moved');
});
