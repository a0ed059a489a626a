import { count, matching } from '../action/index.ts';
import type { Clock } from '../clock/index.ts';
import type { RecordStore } from '../deployment/index.ts';
import type { InputProblem } from '../errors/index.ts';
import type { AliasStore } from '../lambda/index.ts';
import type { LockPlace } from './lease.ts';
import { renewLock } from './lock.ts';
import type { LockStore } from './store.ts';

/**
 * Stands between a holder and what it changes. A change is read, then the fence is asked, then the change is written on
 * the condition that what was read still holds. So a holder that slept past its lease changes nothing: either the fence
 * knows of the next holder, or the next holder's write makes the late one fail.
 */
export interface Fence {
  /** Renews the lease. @throws OutsideError when the lock is no longer held with this token. */
  check(): Promise<void>;
  /**
   * Renews the lease where half of it has gone since this fence last did: for a holder that changes nothing for long, such
   * as a canary that bakes. @throws OutsideError when the lock is no longer held with this token.
   */
  keepAlive(): Promise<void>;
}

export function createFence(
  place: LockPlace,
  token: number,
  store: LockStore,
  clock: Pick<Clock, 'now'>,
): Fence {
  let due = Number.NEGATIVE_INFINITY;
  async function check(): Promise<void> {
    const { length } = await renewLock(place, token, store, clock);
    due = clock.now() + length / 2;
  }
  return {
    check,
    async keepAlive() {
      if (clock.now() >= due) await check();
    },
  };
}

/** Aliases that are changed only while the fence holds. */
export function fencedAliases(aliases: AliasStore, fence: Pick<Fence, 'check'>): AliasStore {
  return {
    ...aliases,
    async create(...alias) {
      await fence.check();
      return aliases.create(...alias);
    },
    async update(lastRead, change) {
      await fence.check();
      return aliases.update(lastRead, change);
    },
    async remove(...alias) {
      await fence.check();
      await aliases.remove(...alias);
    },
  };
}

/** Records that are written only while the fence holds. */
export function fencedRecords(records: RecordStore, fence: Pick<Fence, 'check'>): RecordStore {
  return {
    ...records,
    async moveHead(item, expected) {
      await fence.check();
      return records.moveHead(item, expected);
    },
  };
}

/** The inputs of a step that may change things only while its run holds the lock. */
export const fenceInputs = {
  'lock-table': matching(
    /^[A-Za-z0-9_.-]{3,255}$/,
    'the name of a DynamoDB table',
    'The table of locks: the `table` output of deployment-lock.',
  ),
  'fencing-token': count(
    'The `fencing-token` output of deployment-lock. With it nothing is changed once another run has taken the lock, and every change renews the lease. Without it no lock is asked.',
  ),
};

/** A lock by a step's inputs. */
export interface FenceOrder extends LockPlace {
  readonly table: string;
  readonly token: number;
}

export interface FenceInputs {
  readonly environment?: string | undefined;
  readonly service?: string | undefined;
  readonly lockTable?: string | undefined;
  readonly fencingToken?: number | undefined;
}

/** What a step's inputs lack for the lock that they name. */
export function fenceProblems(inputs: FenceInputs): readonly InputProblem[] {
  if (inputs.fencingToken === undefined) return [];
  const needed = {
    'lock-table': inputs.lockTable,
    environment: inputs.environment,
    service: inputs.service,
  };
  return Object.entries(needed)
    .filter(([, value]) => value === undefined || value === '')
    .map(([input]) => ({ input, message: 'is missing; `fencing-token` needs it to find the lock.' }));
}

/** The lock that a step's inputs name; undefined where they name none. */
export function fenceOrder({
  environment,
  service,
  lockTable: table,
  fencingToken: token,
}: FenceInputs): FenceOrder | undefined {
  if (token === undefined || !table || !environment || !service) return undefined;
  return { table, environment, service, token };
}
