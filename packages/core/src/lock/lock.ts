import type { Log } from '../action/index.ts';
import { type Clock, formatDuration, formatInstant } from '../clock/index.ts';
import { OutsideError } from '../errors/index.ts';
import { pauseFor } from '../lambda/index.ts';
import { type Claim, judgeClaim, released, renewed } from './claim.ts';
import {
  describeHolder,
  describeLease,
  describePlace,
  freeFrom,
  type Lease,
  type LockPlace,
  leaseItem,
  leaseOf,
  lockId,
} from './lease.ts';
import type { LockStore } from './store.ts';

/** How a step waits for a lock that someone else holds. */
export interface LockPatience {
  readonly clock: Clock;
  readonly log: Pick<Log, 'info' | 'warning'>;
  /** Milliseconds until it gives up; 0 asks once. */
  readonly wait: number;
  readonly signal?: AbortSignal;
}

const lookEvery = 15_000;
const tellEvery = 60_000;

/**
 * Takes the lock as soon as it may be taken: one read, then one write on the condition that nobody wrote meanwhile. While
 * it waits it tells who holds it.
 * @throws OutsideError naming the holder when the wait is over.
 */
export async function acquireLock(claim: Claim, store: LockStore, patience: LockPatience): Promise<Lease> {
  const { clock, log } = patience;
  let start: number | undefined;
  let told = Number.NEGATIVE_INFINITY;
  for (;;) {
    const current = await readLease(claim, store);
    const now = clock.now();
    start ??= now; // not before the read, which may have set the clock
    const verdict = judgeClaim(claim, current, now);
    const { lease } = verdict;
    if (verdict.kind === 'own') return lease;
    if (verdict.kind !== 'held') {
      if ((await store.put(leaseItem(lease), current?.revision)) === 'moved') continue;
      if (verdict.kind === 'take' && verdict.over)
        log.warning(`Took over ${describePlace(claim)} from ${verdict.over}. It can change nothing more.`);
      return lease;
    }
    const elapsed = now - start;
    if (elapsed >= patience.wait) throw heldByAnother(claim, lease, elapsed, now);
    if (now - told >= tellEvery) {
      log.info(
        `Waiting for ${describePlace(claim)} (${formatDuration(elapsed)} of ${formatDuration(patience.wait)}). ${describeHolder(lease.holder)}: ${describeLease(lease, now)}. ${lease.holder.runUrl}`,
      );
      told = now;
    }
    const pause = Math.min(lookEvery, patience.wait - elapsed);
    await pauseFor(pause, clock, patience.signal, () => `waiting for ${describePlace(claim)}`);
  }
}

/**
 * Makes the lease last for its length from now on. A lease that is over is renewed all the same as long as nobody else
 * has taken it.
 * @throws OutsideError when the lock is another's by now, or was released.
 */
export async function renewLock(
  place: LockPlace,
  token: number,
  store: LockStore,
  clock: Pick<Clock, 'now'>,
  length?: number,
): Promise<Lease> {
  for (;;) {
    const current = await readLease(place, store);
    if (!current || current.token !== token || current.released)
      throw lost(place, token, current, clock.now());
    const lease = renewed(current, clock.now(), length);
    if ((await store.put(leaseItem(lease), current.revision)) === 'done') return lease;
  }
}

/** What a release found: `released` is true when it did it; `lease` is the lock as it is now. */
export interface Release {
  readonly released: boolean;
  readonly lease?: Lease;
}

/** Lets go of the lock where it is still the one meant: by its token, or by the step that took it. */
export async function releaseLock(
  place: LockPlace,
  mine: { readonly token: number } | { readonly claim: string },
  store: LockStore,
): Promise<Release> {
  let wrote = false;
  for (;;) {
    const lease = await readLease(place, store);
    if (!lease) return { released: false };
    const isMine = 'token' in mine ? lease.token === mine.token : lease.claim === mine.claim;
    if (!isMine) return { released: false, lease };
    if (lease.released) return { released: wrote, lease };
    const free = released(lease);
    wrote = true;
    if ((await store.put(leaseItem(free), lease.revision)) === 'done') return { released: true, lease: free };
  }
}

/** The lock as it stands. @throws OutsideError when its key holds something else. */
export async function readLease(place: LockPlace, store: LockStore): Promise<Lease | undefined> {
  const item = await store.find(lockId(place));
  if (!item) return undefined;
  const lease = leaseOf(item);
  if (lease) return lease;
  throw new OutsideError({
    what: `The item \`${lockId(place)}\` of ${store.place} is no lock`,
    why: 'it was changed by hand, or belongs to someone else',
    remedy:
      'Delete the item when no promotion of this service is running, or give another `table` to every workflow that locks it.',
  });
}

function heldByAnother(place: LockPlace, lease: Lease, waited: number, now: number): OutsideError {
  const after = waited > 0 ? ` after ${formatDuration(waited)}` : '';
  return new OutsideError({
    what: `Did not get ${describePlace(place)}${after}: ${describeHolder(lease.holder)} holds it`,
    why: `it was ${describeLease(lease, now)}, and it may be taken over from ${formatInstant(freeFrom(lease))} on`,
    remedy: `Wait for ${lease.holder.runUrl} or cancel it, then run again; \`wait\` says how long to wait. Where it is over and has left the lock, re-run its failed jobs: they take it over at once. \`force: true\` takes it over, and the run that has it can change nothing more.`,
  });
}

function lost(place: LockPlace, token: number, current: Lease | undefined, now: number): OutsideError {
  const why =
    current === undefined
      ? 'there is no such lock'
      : current.token === token
        ? 'it was released'
        : current.released
          ? `${describeHolder(current.holder)} has had it since, with token ${current.token}, and released it`
          : `${describeHolder(current.holder)} holds it with token ${current.token}, ${describeLease(current, now)}`;
  return new OutsideError({
    what: `${describePlace(place).replace('the', 'The')} is no longer held with token ${token}, so nothing more may be changed under it`,
    why,
    remedy: 'Look at what that run did, then start this promotion again; it takes the lock anew.',
  });
}
