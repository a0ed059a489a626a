import { type Clock, formatDuration, formatInstant } from '../clock/index.ts';
import { type Claim, judgeClaim, released, renewed } from './claim.ts';
import { clockSkew, describeHolder, describeLease, describePlace, type Lease } from './lease.ts';
import { acquireLock, type LockPatience, readLease, releaseLock, renewLock } from './lock.ts';
import type { LockStore } from './store.ts';

/** What one step is to do with a lock. */
export type LockOrder =
  | { readonly operation: 'acquire'; readonly claim: Claim; readonly dryRun: boolean }
  | {
      readonly operation: 'renew' | 'release';
      readonly claim: Claim;
      readonly token: number;
      readonly dryRun: boolean;
    };

export interface LockOutcome {
  /** The lock after the step; of a dry run, what it would be. Undefined when there is none. */
  readonly lease?: Lease;
  readonly changed: boolean;
  /** What was done, or would be, in one sentence. */
  readonly sentence: string;
}

/** Takes, renews or releases a lock, or says what doing so would change. */
export async function changeLock(
  order: LockOrder,
  store: LockStore,
  patience: LockPatience,
): Promise<LockOutcome> {
  if (order.dryRun) return foretell(order, store, patience.clock);
  const { claim, operation } = order;
  const lock = describePlace(claim);
  if (operation === 'acquire') {
    const lease = await acquireLock(claim, store, patience);
    const verb = lease.claim === claim.claim ? 'Took' : 'This run holds';
    return {
      lease,
      changed: true,
      sentence: `${verb} ${lock} with token ${lease.token}${untilWhen(lease)}.`,
    };
  }
  if (operation === 'renew') {
    const lease = await renewLock(claim, order.token, store, patience.clock, claim.length);
    return { lease, changed: true, sentence: `Renewed ${lock}${untilWhen(lease)}.` };
  }
  const { released: changed, lease } = await releaseLock(claim, { token: order.token }, store);
  const sentence = changed
    ? `Released ${lock}.`
    : `There was nothing to release: ${whose(lease, order.token, patience.clock.now())}.`;
  return { ...(lease ? { lease } : {}), changed, sentence };
}

async function foretell(order: LockOrder, store: LockStore, clock: Clock): Promise<LockOutcome> {
  const { claim, operation } = order;
  const lock = describePlace(claim);
  const current = await readLease(claim, store);
  const now = clock.now();
  const would = (sentence: string, lease = current): LockOutcome => ({
    ...(lease ? { lease } : {}),
    changed: false,
    sentence: `Dry run: ${sentence}.`,
  });
  if (operation === 'acquire') {
    const { kind, lease } = judgeClaim(claim, current, now);
    if (kind === 'held')
      return would(
        `would wait for ${lock}; ${describeHolder(lease.holder)} holds it, ${describeLease(lease, now)}`,
      );
    return would(`would take ${lock} with token ${lease.token}`, lease);
  }
  const mine = current?.token === order.token && !current.released;
  if (!mine) return would(`could not ${operation} ${lock}: ${whose(current, order.token, now)}`);
  return operation === 'renew'
    ? would(`would renew ${lock}`, renewed(current, now, claim.length))
    : would(`would release ${lock}`, released(current));
}

function untilWhen({ expiresAt }: Lease): string {
  return ` until ${formatInstant(expiresAt)}; ${formatDuration(clockSkew)} after that others may take it`;
}

function whose(lease: Lease | undefined, token: number, now: number): string {
  if (!lease) return 'nobody ever held it';
  if (lease.token === token) return 'it was released before';
  if (lease.released) return `${describeHolder(lease.holder)} held it since, and released it`;
  return `${describeHolder(lease.holder)} holds it with token ${lease.token}, ${describeLease(lease, now)}`;
}
