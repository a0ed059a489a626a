import { describeHolder, freeFrom, type Holder, type Lease, type LockPlace } from './lease.ts';

/** One step's wish for a lock. */
export interface Claim extends LockPlace {
  readonly holder: Holder;
  /** Names the step, so that it knows its own lock again when the answer to its write was lost. */
  readonly claim: string;
  /** How long the lease lasts unless it is renewed, in milliseconds. */
  readonly length: number;
  /** Takes the lock over from whoever holds it. */
  readonly force: boolean;
}

export type Verdict =
  /** The lock may be written as `lease`; `over` says whose it was when it was not free. */
  | { readonly kind: 'take'; readonly lease: Lease; readonly over?: string }
  /** The run holds it already: the same token, for longer. */
  | { readonly kind: 'join'; readonly lease: Lease }
  /** This very step holds it already. */
  | { readonly kind: 'own'; readonly lease: Lease }
  | { readonly kind: 'held'; readonly lease: Lease };

/**
 * What a claim may do with a lock: take it where nobody holds it, its lease is over, an earlier attempt of the same run
 * holds it, or by force; share it with its own run; or wait. Every new holder has the next fencing token.
 */
export function judgeClaim(claim: Claim, lease: Lease | undefined, now: number): Verdict {
  if (!lease) return { kind: 'take', lease: taken(claim, undefined, now) };
  if (lease.claim === claim.claim && !lease.released) return { kind: 'own', lease };
  if (now > freeFrom(lease)) return { kind: 'take', lease: taken(claim, lease, now) };
  const { repository, runId, runAttempt } = claim.holder;
  const sameRun = lease.holder.repository === repository && lease.holder.runId === runId;
  if (sameRun && lease.holder.runAttempt === runAttempt)
    return { kind: 'join', lease: renewed(lease, now, claim.length) };
  if ((sameRun && lease.holder.runAttempt < runAttempt) || claim.force) {
    const over = describeHolder(lease.holder);
    return { kind: 'take', lease: { ...taken(claim, lease, now), takenFrom: over }, over };
  }
  return { kind: 'held', lease };
}

/** The lease once it is renewed: never shorter than it was. */
export function renewed(lease: Lease, now: number, length = lease.length): Lease {
  const expiresAt = Math.max(lease.expiresAt, now + length);
  return { ...lease, revision: lease.revision + 1, length, expiresAt };
}

export function released(lease: Lease): Lease {
  return { ...lease, revision: lease.revision + 1, released: true };
}

function taken(
  { environment, service, holder, claim, length }: Claim,
  before: Lease | undefined,
  now: number,
) {
  return {
    environment,
    service,
    token: (before?.token ?? 0) + 1,
    revision: (before?.revision ?? 0) + 1,
    holder,
    claim,
    acquiredAt: now,
    expiresAt: now + length,
    length,
    released: false,
  };
}
