import type { Log } from '../action/index.ts';
import { type Clock, formatDuration } from '../clock/index.ts';
import { OutsideError } from '../errors/index.ts';
import {
  type Database,
  type DatabaseRef,
  type DatabaseService,
  describeDatabase,
  type Snapshot,
} from './ports.ts';
import { isOwn, planPrune, promotionTag, type Retention, snapshotName, snapshotTag } from './retention.ts';

export interface BackupOrder {
  readonly database: DatabaseRef;
  readonly prefix: string;
  /** The workflow run: twice in one, the same snapshot is found. */
  readonly runId: string;
  /** Milliseconds for which it is: what was written since is not in it, and a run may be repeated after weeks. */
  readonly reuseFor: number;
  readonly environment?: string | undefined;
  readonly service?: string | undefined;
  readonly retention: Retention;
  readonly dryRun: boolean;
}

export interface Waiting {
  readonly clock: Clock;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** Milliseconds, for the whole. */
  readonly timeout: number;
  readonly interval: number;
}

export interface DatabaseBackup {
  readonly database: Database;
  /** The snapshot; on a dry run undefined where this run has made none. */
  readonly snapshot: Snapshot | undefined;
  /** Its name, or the one that it would have. */
  readonly id: string;
  readonly created: boolean;
  readonly pruned: readonly string[];
  readonly unpruned: readonly { readonly name: string; readonly reason: string }[];
}

/** Makes a snapshot, waits until it is whole, and removes old ones of the same making. */
export async function backupDatabase(
  order: BackupOrder,
  service: DatabaseService,
  waiting: Waiting,
): Promise<DatabaseBackup> {
  const { database: ref } = order;
  const { clock } = waiting;
  const deadline = clock.now() + waiting.timeout;
  const database = await service.find(ref);
  if (database.cluster)
    throw new OutsideError({
      what: `${describeDatabase(ref)} is a member of cluster \`${database.cluster}\`, and is not snapshot by itself`,
      remedy: `Give \`cluster: ${database.cluster}\` in the place of \`instance\``,
    });
  const made = ofRun(await service.snapshots(ref), order, clock.now());
  if (order.dryRun) {
    const id = made?.id ?? snapshotName(order.prefix, ref, clock.now());
    const pruned = planPrune(await service.snapshots(ref), id, order.retention, clock.now());
    return { database, snapshot: made, id, created: false, pruned, unpruned: [] };
  }
  const begun = made ?? (await begin(order, service, waiting, deadline));
  const snapshot = await untilWhole(ref, begun, service, waiting, deadline);
  const due = planPrune(await service.snapshots(ref), snapshot.id, order.retention, clock.now());
  return { database, snapshot, id: snapshot.id, created: !made, ...(await prune(ref, due, service)) };
}

/** What this run has made before, not long ago, and what is or will be whole. */
function ofRun(
  snapshots: readonly Snapshot[],
  { runId, reuseFor }: Pick<BackupOrder, 'runId' | 'reuseFor'>,
  now: number,
): Snapshot | undefined {
  return snapshots.find((snapshot) => {
    const { tags, status, at = now } = snapshot;
    if (!isOwn(snapshot) || tags[promotionTag] !== runId) return false;
    return status === 'creating' || (status === 'available' && now - at <= reuseFor);
  });
}

/** States that do not pass until someone does something; any other is waited for. */
const stuck =
  /^(stopp(ed|ing)|failed|deleting|delete-precheck|storage-full|incompatible-.*|inaccessible-encryption-credentials.*|insufficient-.*|restore-error|.*-failed)$/;

const retryName = 1_000;
const tellEvery = 60_000;

async function begin(
  order: BackupOrder,
  service: DatabaseService,
  waiting: Waiting,
  deadline: number,
): Promise<Snapshot> {
  const { database: ref, runId, environment, service: name } = order;
  const { clock, log, signal, interval } = waiting;
  const tags = {
    [promotionTag]: runId,
    ...(environment ? { 'promo-actions:environment': environment } : {}),
    ...(name ? { 'promo-actions:service': name } : {}),
  };
  for (;;) {
    const { status } = await service.find(ref);
    if (status === 'available') {
      const id = snapshotName(order.prefix, ref, clock.now());
      const made = await service.create(ref, id, { ...tags, [snapshotTag]: id });
      if (made !== 'exists' && made !== 'busy') {
        log.info(`Making snapshot \`${id}\` of ${describeDatabase(ref)}.`);
        return made;
      }
      // A lost answer of the same call, or another run in the same second.
      const mine = ofRun(await service.snapshots(ref), order, clock.now());
      if (mine) return mine;
    } else if (stuck.test(status)) {
      throw new OutsideError({
        what: `${describeDatabase(ref)} is \`${status}\`; no snapshot can be made of it`,
        remedy: remedyOf(status),
      });
    }
    if (clock.now() >= deadline)
      throw new OutsideError({
        what: `${describeDatabase(ref)} did not become available within ${formatDuration(waiting.timeout)}; no snapshot was made`,
        why: `it is \`${status}\``,
        remedy: 'Run the step again when it is available, or raise `timeout`',
      });
    log.info(`Waiting until ${describeDatabase(ref)} is available; it is \`${status}\`.`);
    await clock.sleep(status === 'available' ? retryName : interval, signal);
  }
}

function remedyOf(status: string): string {
  if (status === 'stopped' || status === 'stopping') return 'Start it, or leave the backup out';
  if (status === 'storage-full') return 'Give it more storage';
  if (/credentials/.test(status)) return 'Restore its access to the KMS key';
  return 'See to it in the RDS console, then run the step again';
}

async function untilWhole(
  ref: DatabaseRef,
  begun: Snapshot,
  service: DatabaseService,
  { clock, log, signal, interval, timeout }: Waiting,
  deadline: number,
): Promise<Snapshot> {
  const start = clock.now();
  let [snapshot, told] = [begun, Number.NEGATIVE_INFINITY];
  const name = `snapshot \`${begun.id}\` of ${describeDatabase(ref)}`;
  while (snapshot.status !== 'available') {
    if (snapshot.status !== 'creating')
      throw new OutsideError({
        what: `${name} did not succeed`,
        why: `RDS says it is \`${snapshot.status}\``,
        remedy:
          'Look at the events of the database in the RDS console, then run the step again; it makes a new one',
      });
    if (clock.now() >= deadline)
      throw new OutsideError({
        what: `${name} is not whole after ${formatDuration(timeout)}`,
        why: `RDS says ${snapshot.percent} %`,
        remedy: 'It goes on without this step: run again, which finds it, or raise `timeout`',
      });
    if (clock.now() - told >= tellEvery) {
      log.info(
        `Snapshot \`${begun.id}\`: ${snapshot.percent} % (${formatDuration(clock.now() - start)} of ${formatDuration(timeout)}).`,
      );
      told = clock.now();
    }
    await clock.sleep(interval, signal);
    const seen = await service.snapshot(ref, begun.id);
    if (!seen)
      throw new OutsideError({
        what: `${name} is gone`,
        why: 'someone deleted it while it was made',
        remedy: 'Run the step again; it makes a new one',
      });
    snapshot = seen;
  }
  return snapshot;
}

async function prune(
  ref: DatabaseRef,
  due: readonly string[],
  service: DatabaseService,
): Promise<Pick<DatabaseBackup, 'pruned' | 'unpruned'>> {
  const pruned: string[] = [];
  const unpruned: { name: string; reason: string }[] = [];
  for (const name of due) {
    try {
      await service.remove(ref, name);
      pruned.push(name);
    } catch (error) {
      if (!(error instanceof OutsideError)) throw error;
      unpruned.push({ name, reason: error.message });
    }
  }
  return { pruned, unpruned };
}

/** What came of it, in one sentence. */
export function describeDatabaseBackup({ database, dryRun }: BackupOrder, backup: DatabaseBackup): string {
  const place = describeDatabase(database);
  if (dryRun)
    return backup.snapshot
      ? `Dry run: this run has made snapshot \`${backup.id}\` of ${place} before.`
      : `Dry run: snapshot \`${backup.id}\` of ${place} would be made.`;
  return backup.created
    ? `Snapshot \`${backup.id}\` of ${place} is whole.`
    : `Snapshot \`${backup.id}\` of ${place}, made earlier in this run, is whole.`;
}

/** How the database is brought back from it: to a new one, since RDS restores into none that exists. */
export function restoreCommand({ kind, id }: DatabaseRef, engine: string, snapshot: string): string {
  const [name = ''] = engine.split(' ');
  return kind === 'cluster'
    ? `aws rds restore-db-cluster-from-snapshot --db-cluster-identifier ${id}-restored --snapshot-identifier ${snapshot} --engine ${name}`
    : `aws rds restore-db-instance-from-db-snapshot --db-instance-identifier ${id}-restored --db-snapshot-identifier ${snapshot}`;
}
