import { linkOf } from './later.ts';
import { type Attributes, type Chain, type DeploymentRecord, recordOf } from './record.ts';

/** What an environment runs of a service: the last deployment that succeeded. */
export interface Current {
  readonly version: string;
  /** ISO 8601 in UTC. */
  readonly since: string;
  /** The key of the record that says so. */
  readonly record: string;
}

/**
 * The end of a chain, and the version it leads to: one item for each environment and service. It carries its last record
 * whole, so that a record whose own item was never written can be written by whoever comes next.
 */
export interface Head extends Chain {
  readonly last: DeploymentRecord;
  /** The last record as its own item holds it. */
  readonly lastItem: Attributes;
  readonly current?: Current;
  /**
   * The keys of the records before the last, newest first, as many as are remembered: so that they can be read at once.
   * A hint alone, which proves nothing: each record names and vouches for the one before it.
   */
  readonly recent: readonly string[];
}

/** Keys that a head remembers: enough for the last 25 records. */
const remembered = 24;

/** The key of a chain's head. */
export function headId({ environment, service }: Chain): string {
  return `current/${encodeURIComponent(environment)}/${encodeURIComponent(service)}`;
}

/** The head once the item is the last record; a deployment that succeeded becomes the current one. */
export function advanced(head: Head | undefined, item: Attributes): Head {
  const last = recordOf(item);
  if (!last) throw new Error(`the item ${item.deployment_id} is no record`);
  const { environment, service, toVersion } = last;
  const deployed = last.status === 'succeeded' && last.action !== 'config' && toVersion !== undefined;
  const current = deployed ? { version: toVersion, since: last.timestamp, record: last.id } : head?.current;
  const recent = head ? [head.last.id, ...head.recent].slice(0, remembered) : [];
  return { environment, service, last, lastItem: item, recent, ...(current ? { current } : {}) };
}

/** The head as an item of the table. */
export function headItem(head: Head): Attributes {
  const { environment, service, last, current } = head;
  return {
    deployment_id: headId(head),
    environment,
    service,
    head_sequence: last.sequence,
    head_hash: last.hash,
    head_record: JSON.stringify(head.lastItem),
    head_recent: JSON.stringify(head.recent),
    ...(current
      ? { current_version: current.version, current_since: current.since, current_record: current.record }
      : {}),
  };
}

/** The head that an item holds; undefined when it is something else. */
export function headOf(item: Attributes): Head | undefined {
  const lastItem = lastItemOf(item);
  const last = lastItem && recordOf(lastItem);
  if (!last) return undefined;
  const { environment, service } = last;
  const { current_version: version, current_since: since, current_record: record } = item;
  const current =
    typeof version === 'string' && typeof since === 'string' && typeof record === 'string'
      ? { version, since, record }
      : undefined;
  const recent = recentOf(item);
  return { environment, service, last, lastItem, recent, ...(current ? { current } : {}) };
}

/** The last record that a head carries, whichever release wrote it; undefined when the item is no head. */
export function lastItemOf(head: Attributes): Attributes | undefined {
  const item = itemOf(head.head_record);
  return item && linkOf(item)?.hash === head.head_hash ? item : undefined;
}

/** The keys of the records before the last that a head remembers. */
export function recentOf(head: Attributes): readonly string[] {
  return textsOf(head.head_recent);
}

function itemOf(text: string | number | undefined): Attributes | undefined {
  const value = jsonOf(text);
  return typeof value === 'object' && value !== null ? (value as Attributes) : undefined;
}

function textsOf(text: string | number | undefined): readonly string[] {
  const value = jsonOf(text);
  return Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];
}

function jsonOf(text: string | number | undefined): unknown {
  if (typeof text !== 'string') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
