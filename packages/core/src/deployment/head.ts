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
}

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
  return { environment, service, last, lastItem: item, ...(current ? { current } : {}) };
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
    ...(current
      ? { current_version: current.version, current_since: current.since, current_record: current.record }
      : {}),
  };
}

/** The head that an item holds; undefined when it is something else. */
export function headOf(item: Attributes): Head | undefined {
  const lastItem = itemOf(item.head_record);
  const last = lastItem && recordOf(lastItem);
  if (!last || item.head_hash !== last.hash) return undefined;
  const { environment, service } = last;
  const { current_version: version, current_since: since, current_record: record } = item;
  const current =
    typeof version === 'string' && typeof since === 'string' && typeof record === 'string'
      ? { version, since, record }
      : undefined;
  return { environment, service, last, lastItem, ...(current ? { current } : {}) };
}

function itemOf(text: string | number | undefined): Attributes | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Attributes) : undefined;
  } catch {
    return undefined;
  }
}
