import {
  CreateDBClusterSnapshotCommand,
  CreateDBSnapshotCommand,
  type DBClusterSnapshot,
  type DBSnapshot,
  DeleteDBClusterSnapshotCommand,
  DeleteDBSnapshotCommand,
  DescribeDBClusterSnapshotsCommand,
  DescribeDBClustersCommand,
  DescribeDBInstancesCommand,
  DescribeDBSnapshotsCommand,
  RDSClient,
} from '@aws-sdk/client-rds';
import {
  type Database,
  type DatabaseRef,
  type DatabaseService,
  describeDatabase,
  type Snapshot,
} from '@promo-actions/core/database';
import { OutsideError } from '@promo-actions/core/errors';
import { awsCall, type Call, clientOptions } from '../aws/index.ts';

/** Databases of RDS and their snapshots, where the job's credentials and region are. */
export function createDatabaseService(): DatabaseService {
  const client = new RDSClient(clientOptions());
  return {
    find: (ref) => (ref.kind === 'instance' ? findInstance(ref, client) : findCluster(ref, client)),
    snapshots: (ref) => list(ref, {}, client),
    async snapshot(ref, id) {
      const [found] = await list(ref, { id }, client);
      return found;
    },
    create: (ref, id, tags) => create(ref, id, tags, client),
    async remove(ref, id) {
      const [operation, send] =
        ref.kind === 'instance'
          ? ([
              'DeleteDBSnapshot',
              () => client.send(new DeleteDBSnapshotCommand({ DBSnapshotIdentifier: id })),
            ] as const)
          : ([
              'DeleteDBClusterSnapshot',
              () => client.send(new DeleteDBClusterSnapshotCommand({ DBClusterSnapshotIdentifier: id })),
            ] as const);
      const call = { service: 'RDS', operation, what: `snapshot \`${id}\` could not be removed` };
      await awsCall<unknown, true>(call, send, (code) => (isUnknownSnapshot(code) ? true : undefined));
    },
  };
}

function isUnknownSnapshot(code: string | undefined): boolean {
  return code === 'DBSnapshotNotFoundFault' || code === 'DBClusterSnapshotNotFoundFault';
}

/** @param what says of the database what could not be done. */
function callOf(operation: string, what: (database: string) => string, { kind, id }: DatabaseRef): Call {
  const list = kind === 'instance' ? 'describe-db-instances' : 'describe-db-clusters';
  const missing = `Check \`${kind}\`, the account and the region; \`aws rds ${list}\` lists what there is. A cluster is given as \`cluster\`, an instance as \`instance\``;
  return { service: 'RDS', operation, what: what(describeDatabase({ kind, id })), missing };
}

async function findInstance(ref: DatabaseRef, client: RDSClient): Promise<Database> {
  const command = new DescribeDBInstancesCommand({ DBInstanceIdentifier: ref.id });
  const call = callOf('DescribeDBInstances', (name) => `${name} could not be read`, ref);
  const { DBInstances: [found] = [] } = await awsCall(call, () => client.send(command));
  if (!found) throw nothingFound(call);
  const {
    DBInstanceStatus: status = 'unknown',
    Engine,
    EngineVersion,
    StorageEncrypted,
    DBClusterIdentifier,
  } = found;
  return {
    ...{ status, engine: engineOf(Engine, EngineVersion), encrypted: StorageEncrypted ?? false },
    ...(DBClusterIdentifier ? { cluster: DBClusterIdentifier } : {}),
  };
}

async function findCluster(ref: DatabaseRef, client: RDSClient): Promise<Database> {
  const command = new DescribeDBClustersCommand({ DBClusterIdentifier: ref.id });
  const call = callOf('DescribeDBClusters', (name) => `${name} could not be read`, ref);
  const { DBClusters: [found] = [] } = await awsCall(call, () => client.send(command));
  if (!found) throw nothingFound(call);
  const { Status: status = 'unknown', Engine, EngineVersion, StorageEncrypted } = found;
  return { status, engine: engineOf(Engine, EngineVersion), encrypted: StorageEncrypted ?? false };
}

function nothingFound({ what, missing = '' }: Call): OutsideError {
  return new OutsideError({ what, why: 'RDS answered with none', remedy: missing });
}

const engineOf = (engine = 'unknown', version = ''): string => `${engine} ${version}`.trim();

/** The snapshots of a database that were made by hand or by an action, or the one of a name. */
async function list(
  ref: DatabaseRef,
  { id }: { readonly id?: string },
  client: RDSClient,
): Promise<readonly Snapshot[]> {
  const found: Snapshot[] = [];
  let Marker: string | undefined;
  do {
    const page = await pageOf(ref, id, Marker, client);
    if (page === 'unknown') return [];
    found.push(...page.snapshots);
    Marker = page.marker;
  } while (Marker);
  return found;
}

async function pageOf(
  ref: DatabaseRef,
  id: string | undefined,
  Marker: string | undefined,
  client: RDSClient,
): Promise<{ readonly snapshots: readonly Snapshot[]; readonly marker: string | undefined } | 'unknown'> {
  const unknown = (code: string | undefined) => (isUnknownSnapshot(code) ? ('unknown' as const) : undefined);
  const which = (name: string) =>
    id ? `snapshot \`${id}\` of ${name} could not be read` : `the snapshots of ${name} could not be listed`;
  const shared = { SnapshotType: 'manual', Marker };
  if (ref.kind === 'instance') {
    const command = new DescribeDBSnapshotsCommand({
      ...shared,
      ...(id ? { DBSnapshotIdentifier: id } : { DBInstanceIdentifier: ref.id }),
    });
    const answer = await awsCall(
      callOf('DescribeDBSnapshots', which, ref),
      () => client.send(command),
      unknown,
    );
    if (answer === 'unknown') return answer;
    return { snapshots: (answer.DBSnapshots ?? []).map(ofInstance), marker: answer.Marker };
  }
  const command = new DescribeDBClusterSnapshotsCommand({
    ...shared,
    ...(id ? { DBClusterSnapshotIdentifier: id } : { DBClusterIdentifier: ref.id }),
  });
  const answer = await awsCall(
    callOf('DescribeDBClusterSnapshots', which, ref),
    () => client.send(command),
    unknown,
  );
  if (answer === 'unknown') return answer;
  return { snapshots: (answer.DBClusterSnapshots ?? []).map(ofCluster), marker: answer.Marker };
}

async function create(
  ref: DatabaseRef,
  id: string,
  tags: Readonly<Record<string, string>>,
  client: RDSClient,
): Promise<Snapshot | 'exists' | 'busy'> {
  const Tags = Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const what = (name: string) => `snapshot \`${id}\` of ${name} could not be made`;
  if (ref.kind === 'instance') {
    const order = { DBInstanceIdentifier: ref.id, DBSnapshotIdentifier: id, Tags };
    const send = () => client.send(new CreateDBSnapshotCommand(order));
    const answer = await awsCall(callOf('CreateDBSnapshot', what, ref), send, (code) =>
      refusalOf(code, what, ref),
    );
    return typeof answer === 'string' ? answer : ofInstance(answer.DBSnapshot ?? {});
  }
  const order = { DBClusterIdentifier: ref.id, DBClusterSnapshotIdentifier: id, Tags };
  const send = () => client.send(new CreateDBClusterSnapshotCommand(order));
  const answer = await awsCall(callOf('CreateDBClusterSnapshot', what, ref), send, (code) =>
    refusalOf(code, what, ref),
  );
  return typeof answer === 'string' ? answer : ofCluster(answer.DBClusterSnapshot ?? {});
}

function refusalOf(
  code: string | undefined,
  what: (database: string) => string,
  ref: DatabaseRef,
): 'exists' | 'busy' | undefined {
  if (code === 'DBSnapshotAlreadyExistsFault' || code === 'DBClusterSnapshotAlreadyExistsFault')
    return 'exists';
  if (code === 'InvalidDBInstanceStateFault' || code === 'InvalidDBClusterStateFault') return 'busy';
  if (code === 'SnapshotQuotaExceededFault')
    throw new OutsideError({
      what: what(describeDatabase(ref)),
      why: 'the account has as many manual snapshots in this region as it may',
      remedy:
        'Delete snapshots that are no longer needed (`aws rds describe-db-snapshots --snapshot-type manual`), lower `retain`, or ask for a higher quota in Service Quotas',
      operation: ref.kind === 'instance' ? 'RDS CreateDBSnapshot' : 'RDS CreateDBClusterSnapshot',
      code,
    });
  return undefined;
}

function ofInstance(snapshot: DBSnapshot): Snapshot {
  const { DBSnapshotIdentifier: id = '', Encrypted } = snapshot;
  return { id, encrypted: Encrypted ?? false, ...shared(snapshot) };
}

function ofCluster(snapshot: DBClusterSnapshot): Snapshot {
  const { DBClusterSnapshotIdentifier: id = '', StorageEncrypted } = snapshot;
  return { id, encrypted: StorageEncrypted ?? false, ...shared(snapshot) };
}

function shared({
  Status,
  PercentProgress,
  SnapshotCreateTime,
  TagList = [],
}: DBSnapshot | DBClusterSnapshot) {
  return {
    status: Status ?? 'unknown',
    percent: PercentProgress ?? 0,
    tags: Object.fromEntries(TagList.map(({ Key = '', Value = '' }) => [Key, Value])),
    ...(SnapshotCreateTime ? { at: SnapshotCreateTime.getTime() } : {}),
  };
}
