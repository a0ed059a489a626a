import { type Answer, type Exchange, escapeXml, type XmlValue, xmlMembers } from '../kernel/index.ts';
import type { Place } from '../traffic/index.ts';
import { type Database, progress, type Snapshot, snapshotStatus } from './state.ts';

const NAMESPACE = 'http://rds.amazonaws.com/doc/2014-10-31/';

/** Text that is XML already. */
export interface Xml {
  readonly xml: string;
}

const element = (name: string, content: string): string => `<${name}>${content}</${name}>`;

/** RDS names the elements of its lists, where other query services call each `member`. */
export function listOf(name: string, itemName: string, items: readonly Xml[]): Xml {
  return { xml: element(name, items.map(({ xml }) => element(itemName, xml)).join('')) };
}

const members = (values: Readonly<Record<string, XmlValue>>): Xml => ({ xml: xmlMembers(values) });
const joined = (...parts: readonly Xml[]): Xml => ({ xml: parts.map(({ xml }) => xml).join('') });

export function answer({ requestId }: Exchange, operation: string, ...result: readonly Xml[]): Answer {
  const body =
    `<${operation}Response xmlns="${NAMESPACE}">${element(`${operation}Result`, joined(...result).xml)}` +
    `${element('ResponseMetadata', element('RequestId', escapeXml(requestId)))}</${operation}Response>`;
  return { status: 200, headers: { 'content-type': 'text/xml' }, body };
}

export function marker(next: string | undefined): Xml {
  return members({ Marker: next });
}

export function one(name: string, item: Xml): Xml {
  return { xml: element(name, item.xml) };
}

const arn = ({ account, region }: Place, kind: string, id: string) =>
  `arn:aws:rds:${region}:${account}:${kind}:${id}`;

export function databaseXml(database: Database, status: string, place: Place): Xml {
  const { id, engine, version, encrypted, cluster } = database;
  const shared = {
    Engine: engine,
    EngineVersion: version,
    StorageEncrypted: encrypted,
    AllocatedStorage: 20,
  };
  if (database.kind === 'instance')
    return members({
      DBInstanceIdentifier: id,
      DBInstanceStatus: status,
      DBClusterIdentifier: cluster,
      DBInstanceArn: arn(place, 'db', id),
      ...shared,
    });
  const memberList = database.members.map((member, index) =>
    members({ DBInstanceIdentifier: member, IsClusterWriter: index === 0 }),
  );
  return joined(
    members({ DBClusterIdentifier: id, Status: status, DBClusterArn: arn(place, 'cluster', id), ...shared }),
    listOf('DBClusterMembers', 'DBClusterMember', memberList),
  );
}

export function snapshotXml(snapshot: Snapshot, now: number, place: Place): Xml {
  const { id, database, at, type, tags, kind } = snapshot;
  const { engine, version, encrypted } = database;
  const own =
    kind === 'instance'
      ? {
          DBSnapshotIdentifier: id,
          DBInstanceIdentifier: database.id,
          Encrypted: encrypted,
          DBSnapshotArn: arn(place, 'snapshot', id),
        }
      : {
          DBClusterSnapshotIdentifier: id,
          DBClusterIdentifier: database.id,
          StorageEncrypted: encrypted,
          DBClusterSnapshotArn: arn(place, 'cluster-snapshot', id),
        };
  const facts = {
    Engine: engine,
    EngineVersion: version,
    SnapshotType: type,
    Status: snapshotStatus(snapshot, now),
    PercentProgress: progress(snapshot, now),
    SnapshotCreateTime: new Date(at),
  };
  const tagList = Object.entries(tags).map(([Key, Value]) => members({ Key, Value }));
  return joined(members({ ...own, ...facts }), listOf('TagList', 'Tag', tagList));
}
