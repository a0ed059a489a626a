import { formatDuration, formatInstant, parseInstant } from '../clock/index.ts';
import type { Attributes } from '../deployment/index.ts';

/** What one lock keeps apart: the promotions of one service to one environment. */
export interface LockPlace {
  readonly environment: string;
  readonly service: string;
}

/** Who holds a lock, as others are told. */
export interface Holder {
  readonly repository: string;
  readonly runId: string;
  readonly runAttempt: number;
  readonly runUrl: string;
  readonly job: string;
  readonly actor: string;
  /** What for, in the holder's words; may be empty. */
  readonly reason: string;
}

/**
 * A lock as its last write left it. The item stays when the lock is released, so that the fencing token goes on rising.
 * Times are epoch milliseconds by the table's clock, or by the runner's where the table tells none.
 */
export interface Lease extends LockPlace {
  /** Rises by one with each holder; what a holder shows before it changes anything. */
  readonly token: number;
  /** Rises by one with each write; a write names the one it was made on. */
  readonly revision: number;
  readonly holder: Holder;
  /** Names the step that took it, which alone releases it at its job's end. */
  readonly claim: string;
  readonly acquiredAt: number;
  readonly expiresAt: number;
  /** How long each renewal makes it last, in milliseconds. */
  readonly length: number;
  readonly released: boolean;
  /** Whose lock was taken over before its time, in a sentence. */
  readonly takenFrom?: string;
}

/**
 * How long after its end by one clock a lease is left to its holder by another, for runners that go by clocks of their
 * own: AWS refuses requests signed by a clock that is more than five minutes off, so two that both reach the table may be
 * ten minutes apart.
 */
export const clockSkew = 10 * 60_000;

/** The key of a lock. */
export function lockId({ environment, service }: LockPlace): string {
  return `lock#${encodeURIComponent(environment)}#${encodeURIComponent(service)}`;
}

/** From when on anybody may take the lock. */
export function freeFrom(lease: Lease): number {
  return lease.released ? Number.NEGATIVE_INFINITY : lease.expiresAt + clockSkew;
}

/**
 * The lock as an item. Times are texts: readable in the console, sorted as times are, and never taken for a time to live,
 * which would let the fencing token begin again.
 */
export function leaseItem(lease: Lease): Attributes {
  const { holder } = lease;
  return {
    deployment_id: lockId(lease),
    environment: lease.environment,
    service: lease.service,
    fencing_token: lease.token,
    lock_revision: lease.revision,
    lock_state: lease.released ? 'released' : 'held',
    repository: holder.repository,
    run_id: holder.runId,
    run_attempt: holder.runAttempt,
    run_url: holder.runUrl,
    job: holder.job,
    actor: holder.actor,
    reason: holder.reason,
    claim: lease.claim,
    acquired_at: formatInstant(lease.acquiredAt),
    expires_at: formatInstant(lease.expiresAt),
    lease_seconds: Math.round(lease.length / 1_000),
    ...(lease.takenFrom === undefined ? {} : { taken_from: lease.takenFrom }),
  };
}

/** The lock that an item holds; undefined when it is something else. */
export function leaseOf(item: Attributes): Lease | undefined {
  const text = (name: string) => String(item[name] ?? '');
  const { fencing_token: token, lock_revision: revision, lease_seconds: seconds, lock_state: state } = item;
  const [acquiredAt, expiresAt] = [parseInstant(text('acquired_at')), parseInstant(text('expires_at'))];
  if (typeof token !== 'number' || typeof revision !== 'number' || typeof seconds !== 'number')
    return undefined;
  if (acquiredAt === undefined || expiresAt === undefined || (state !== 'held' && state !== 'released'))
    return undefined;
  return {
    environment: text('environment'),
    service: text('service'),
    token,
    revision,
    holder: {
      repository: text('repository'),
      runId: text('run_id'),
      runAttempt: Number(item.run_attempt ?? 1),
      runUrl: text('run_url'),
      job: text('job'),
      actor: text('actor'),
      reason: text('reason'),
    },
    claim: text('claim'),
    acquiredAt,
    expiresAt,
    length: seconds * 1_000,
    released: state === 'released',
    ...(item.taken_from === undefined ? {} : { takenFrom: text('taken_from') }),
  };
}

export function describePlace({ environment, service }: LockPlace): string {
  return `the lock of \`${service}\` in \`${environment}\``;
}

/** `run 7001 (attempt 2) of example/tenant-service, job deploy, by release-manager`. */
export function describeHolder({ repository, runId, runAttempt, job, actor }: Holder): string {
  const attempt = runAttempt > 1 ? ` (attempt ${runAttempt})` : '';
  return `run ${runId}${attempt} of ${repository}, job ${job}, by ${actor}`;
}

/** Since when a lock is held, what for, and when it runs out. */
export function describeLease({ holder, acquiredAt, expiresAt }: Lease, now: number): string {
  const reason = holder.reason ? ` for: ${holder.reason}` : '';
  const left = expiresAt - now;
  const end = left >= 0 ? `runs out in ${formatDuration(left)}` : `ran out ${formatDuration(-left)} ago`;
  return `taken ${formatInstant(acquiredAt)}${reason}; its lease ${end}, at ${formatInstant(expiresAt)}`;
}
