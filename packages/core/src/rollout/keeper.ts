import { type Clock, formatInstant } from '../clock/index.ts';
import { OutsideError } from '../errors/index.ts';
import type { Rollout } from './drive.ts';
import type { Held } from './held.ts';
import { LostRollout } from './lost.ts';
import { memberOf, type RolloutStore, type StoredRollout } from './store.ts';

/** Who drives a rollout, and how long nobody else may after each sign of life. */
export interface Holder {
  readonly owner: string;
  /** Milliseconds; longer than the longest time between two looks. */
  readonly lease: number;
}

/** A rollout in its table that this process alone may drive. */
export interface Keeper extends Held {
  readonly stored: StoredRollout;
  /** Keeps the rollout as it is, and the lease for as long again. @throws LostRollout when another run has it by now. */
  keep(rollout: Rollout): Promise<void>;
  /** Lets go of it for the next who comes by; one that has ended leaves the list of those that run. */
  release(): Promise<void>;
}

/** Whether somebody else may not touch it now. */
export function heldByOther({ lease }: StoredRollout, owner: string, now: number): boolean {
  return lease !== undefined && lease.owner !== owner && now < lease.until;
}

/**
 * Takes a rollout over, or writes a new one, on the version that was read last. Undefined when someone else was faster.
 * Whatever this keeper writes later is refused as soon as anybody else wrote.
 */
export async function takeOver(
  store: RolloutStore,
  found: StoredRollout,
  expected: number | undefined,
  holder: Holder,
  clock: Clock,
): Promise<Keeper | undefined> {
  let stored = found;

  async function write(next: StoredRollout, on: number | undefined): Promise<boolean> {
    if ((await store.write(next, on)) === 'moved') {
      // The answer to the first attempt may have been lost after its effect.
      const there = await store.find(next.id);
      const own =
        there?.version === next.version && there.fence === next.fence && there.updatedAt === next.updatedAt;
      if (!own || there.lease?.owner !== next.lease?.owner) return false;
    }
    stored = next;
    return true;
  }

  const renewed = (rollout: Rollout): StoredRollout => ({
    ...stored,
    rollout,
    version: stored.version + 1,
    status: rollout.state.outcome ?? 'running',
    lease: { owner: holder.owner, until: clock.now() + holder.lease },
    updatedAt: formatInstant(clock.now()),
  });

  const lost = (): LostRollout =>
    new LostRollout({
      what: `the rollout \`${stored.id}\` is driven by another run by now`,
      why: `its item in ${store.place} was changed by someone else after this run's lease had run out`,
      remedy: 'Look at the item for who drives it; this run changes nothing any more',
    });

  const first = { ...renewed(found.rollout), fence: found.fence + 1 };
  if (!(await write(first, expected))) return undefined;

  return {
    get stored() {
      return stored;
    },
    async keep(rollout) {
      if (await write(renewed(rollout), stored.version)) return;
      const there = await store.find(stored.id);
      if (there?.fence !== stored.fence || there.lease?.owner !== holder.owner) throw lost();
      // It is what this process wrote earlier, when no answer came back.
      if (!(await write({ ...renewed(rollout), version: there.version + 1 }, there.version))) throw lost();
    },
    async check() {
      if ((await store.find(stored.id))?.fence !== stored.fence) throw lost();
    },
    async release() {
      const { lease: _, ...free } = stored;
      const released = { ...free, version: stored.version + 1 };
      if ((await store.write(released, stored.version)) === 'written') stored = released;
      if (stored.status !== 'running') await store.delist(memberOf(stored));
    },
  };
}

/** Releases it; where that is not possible, says so, and the lease runs out by itself. */
export async function letGo(keeper: Keeper, say: (line: string) => void): Promise<void> {
  try {
    await keeper.release();
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    say(error.message);
  }
}
