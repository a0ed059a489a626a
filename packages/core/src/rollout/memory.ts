import { type RolloutStore, readRollout, type StoredRollout, writeRollout } from './store.ts';

/** Rollouts in memory, kept as the text they would be in a table; for tests and for trying a plan out. */
export function memoryRolloutStore(): RolloutStore & { readonly items: ReadonlyMap<string, StoredRollout> } {
  const items = new Map<string, StoredRollout>();
  const members = new Set<string>();
  return {
    place: 'memory',
    items,
    find: async (id) => items.get(id),
    async write(stored, expected) {
      if (items.get(stored.id)?.version !== expected) return 'moved';
      const rollout = readRollout(writeRollout(stored.rollout));
      if (!rollout) throw new Error('what was written cannot be read');
      items.set(stored.id, { ...stored, rollout });
      return 'written';
    },
    running: async () => [...members],
    enlist: async (member) => void members.add(member),
    delist: async (member) => void members.delete(member),
  };
}
