import { WireError } from '../kernel/index.ts';
import type { RdsDefinition } from './definition.ts';

/** An instance and a cluster differ in the names of things alone. */
export type Kind = 'instance' | 'cluster';

export interface Database {
  readonly kind: Kind;
  readonly id: string;
  readonly engine: string;
  readonly version: string;
  readonly encrypted: boolean;
  readonly status: string;
  /** Epoch milliseconds from which it is `available`; undefined when its status does not pass. */
  readonly availableAt: number | undefined;
  /** Milliseconds. */
  readonly snapshotTakes: number;
  readonly snapshotEnds: 'available' | 'failed';
  /** The cluster that an instance belongs to. */
  readonly cluster: string | undefined;
  readonly members: readonly string[];
}

export interface Snapshot {
  readonly kind: Kind;
  readonly id: string;
  readonly database: Database;
  /** Epoch milliseconds. */
  readonly at: number;
  /** When it is whole. */
  readonly doneAt: number;
  readonly type: 'manual' | 'automated';
  /** What it is when it is done. */
  readonly ends: string;
  readonly tags: Readonly<Record<string, string>>;
}

const wire = {
  instance: {
    unknown: ['DBInstanceNotFound', 404],
    state: ['InvalidDBInstanceState', 400],
    exists: ['DBSnapshotAlreadyExists', 400],
    unknownSnapshot: ['DBSnapshotNotFound', 404],
    snapshotState: ['InvalidDBSnapshotState', 400],
    quota: ['SnapshotQuotaExceeded', 400],
    word: 'DBInstance',
    snapshotWord: 'DBSnapshot',
  },
  cluster: {
    unknown: ['DBClusterNotFoundFault', 404],
    state: ['InvalidDBClusterStateFault', 400],
    exists: ['DBClusterSnapshotAlreadyExistsFault', 400],
    unknownSnapshot: ['DBClusterSnapshotNotFoundFault', 404],
    snapshotState: ['InvalidDBClusterSnapshotStateFault', 400],
    quota: ['SnapshotQuotaExceeded', 400],
    word: 'DBCluster',
    snapshotWord: 'DBClusterSnapshot',
  },
} as const;

function refuse([code, status]: readonly [string, number], message: string): WireError {
  return new WireError(status, code, message);
}

/** The databases and snapshots of one account and region. */
export class Databases {
  private readonly databases: readonly Database[];
  private snapshots: readonly Snapshot[];
  private readonly quota: number;

  constructor(definitions: readonly RdsDefinition[]) {
    this.databases = definitions.flatMap(databasesOf);
    this.snapshots = definitions.flatMap((definition) => snapshotsOf(definition, this.databases));
    const quotas = definitions.flatMap((one) => ('snapshot-quota' in one ? [one['snapshot-quota']] : []));
    this.quota = quotas.at(-1) ?? 100;
  }

  list(kind: Kind, id: string | undefined): readonly Database[] {
    const all = this.databases.filter((database) => database.kind === kind);
    return id === undefined ? all : [this.database(kind, id)];
  }

  database(kind: Kind, id: string): Database {
    const found = this.databases.find((one) => one.kind === kind && one.id === id.toLowerCase());
    if (found) return found;
    throw refuse(wire[kind].unknown, `${wire[kind].word} ${id} not found.`);
  }

  /** What a database says of itself: an instance is backing up while its snapshot is made. */
  status(database: Database, now: number): string {
    if (database.availableAt !== undefined && now < database.availableAt) return database.status;
    const settled = database.availableAt === undefined ? database.status : 'available';
    const busy = this.snapshots.some(
      ({ kind, database: of, doneAt }) => kind === 'instance' && of === database && now < doneAt,
    );
    return settled === 'available' && busy ? 'backing-up' : settled;
  }

  found(kind: Kind, id: string | undefined, databaseId: string | undefined): readonly Snapshot[] {
    const all = this.snapshots.filter((snapshot) => snapshot.kind === kind);
    if (id !== undefined) return [this.snapshot(kind, id)];
    return databaseId === undefined
      ? all
      : all.filter(({ database }) => database.id === databaseId.toLowerCase());
  }

  create(
    kind: Kind,
    databaseId: string,
    id: string,
    tags: Readonly<Record<string, string>>,
    now: number,
  ): Snapshot {
    checkId(id, kind);
    const database = this.database(kind, databaseId);
    if (this.snapshots.some((snapshot) => snapshot.kind === kind && snapshot.id === id.toLowerCase()))
      throw refuse(
        wire[kind].exists,
        `Cannot create the snapshot because a snapshot with the identifier ${id} already exists.`,
      );
    if (kind === 'instance' && database.cluster !== undefined)
      throw new WireError(
        400,
        'InvalidParameterValue',
        'The specified instance is a member of a cluster and a snapshot cannot be created directly. Please use the CreateDBClusterSnapshot API instead.',
      );
    const status = this.status(database, now);
    if (status !== 'available')
      throw refuse(
        wire[kind].state,
        `${wire[kind].word} is not in available state: ${databaseId} is ${status}.`,
      );
    const manual = this.snapshots.filter((snapshot) => snapshot.kind === kind && snapshot.type === 'manual');
    if (manual.length >= this.quota)
      throw refuse(
        wire[kind].quota,
        `Cannot create more than ${this.quota} manual snapshots. Please delete old ones or request a quota increase.`,
      );
    const snapshot: Snapshot = {
      ...{ kind, database, tags, type: 'manual' as const },
      id: id.toLowerCase(),
      at: now,
      doneAt: now + database.snapshotTakes,
      ends: database.snapshotEnds,
    };
    this.snapshots = [...this.snapshots, snapshot];
    return snapshot;
  }

  remove(kind: Kind, id: string, now: number): Snapshot {
    const snapshot = this.snapshot(kind, id);
    if (now < snapshot.doneAt || snapshot.type !== 'manual')
      throw refuse(
        wire[kind].snapshotState,
        `${wire[kind].snapshotWord} ${id} cannot be deleted: it is ${snapshot.type === 'manual' ? 'being created' : 'automated'}.`,
      );
    this.snapshots = this.snapshots.filter((one) => one !== snapshot);
    return snapshot;
  }

  private snapshot(kind: Kind, id: string): Snapshot {
    const found = this.snapshots.find((one) => one.kind === kind && one.id === id.toLowerCase());
    if (found) return found;
    throw refuse(wire[kind].unknownSnapshot, `${wire[kind].snapshotWord} ${id} not found.`);
  }
}

export function snapshotStatus({ ends, doneAt }: Snapshot, now: number): string {
  return now < doneAt ? 'creating' : ends;
}

/** Whole percents, evenly over the time that it takes. */
export function progress({ at, doneAt, ends }: Snapshot, now: number): number {
  if (now >= doneAt) return ends === 'failed' ? 0 : 100;
  return Math.floor(((now - at) / (doneAt - at)) * 100);
}

function checkId(id: string, kind: Kind): void {
  const { length } = id;
  if (length <= (kind === 'cluster' ? 63 : 255) && /^[a-z](-?[a-z0-9])*$/i.test(id)) return;
  throw new WireError(
    400,
    'InvalidParameterValue',
    `The parameter ${wire[kind].snapshotWord}Identifier is not a valid identifier. Identifiers must begin with a letter; must contain only ASCII letters, digits, and hyphens; and must not end with a hyphen or contain two consecutive hyphens.`,
  );
}

function databasesOf(definition: RdsDefinition): readonly Database[] {
  if ('snapshot-quota' in definition) return [];
  const shared = {
    engine: definition.engine,
    version: definition['engine-version'],
    encrypted: definition.encrypted,
    status: definition.status,
    availableAt: definition['available-at'],
    snapshotTakes: definition['snapshot-takes'],
    snapshotEnds: definition['snapshot-ends'],
  };
  if ('instance' in definition)
    return [{ ...shared, kind: 'instance', id: definition.instance, cluster: undefined, members: [] }];
  const { cluster, members } = definition;
  return [
    { ...shared, kind: 'cluster', id: cluster, cluster: undefined, members },
    ...members.map((id): Database => ({ ...shared, kind: 'instance', id, cluster, members: [] })),
  ];
}

function snapshotsOf(definition: RdsDefinition, databases: readonly Database[]): readonly Snapshot[] {
  if ('snapshot-quota' in definition) return [];
  const [kind, databaseId] =
    'instance' in definition
      ? (['instance', definition.instance] as const)
      : (['cluster', definition.cluster] as const);
  const database = databases.find((one) => one.kind === kind && one.id === databaseId);
  if (!database) return [];
  return definition.snapshots.map(({ id, at, type, status, tags }) => ({
    ...{ kind, id, database, at, type, tags },
    doneAt: at,
    ends: status,
  }));
}
