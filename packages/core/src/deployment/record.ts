import { createHash } from 'node:crypto';
import type { GateReport } from '../gate/index.ts';

export const actions = ['promote', 'rollback', 'hotfix', 'config'] as const;
export const statuses = ['started', 'succeeded', 'failed', 'rolled-back'] as const;
export type DeploymentAction = (typeof actions)[number];
export type DeploymentStatus = (typeof statuses)[number];

/** Records of one environment and service form one chain. */
export interface Chain {
  readonly environment: string;
  readonly service: string;
}

/** A part of what is deployed: a function (or another resource) and the published version of it. */
export interface Component {
  readonly name: string;
  readonly version: string;
}

/** What is to be recorded, before it has its place in the chain. */
export interface Draft extends Chain {
  /** The same for all records of one deployment; with the status it names a record. */
  readonly deployment: string;
  /** ISO 8601 in UTC. */
  readonly timestamp: string;
  readonly action: DeploymentAction;
  readonly status: DeploymentStatus;
  readonly fromVersion?: string;
  readonly toVersion?: string;
  readonly actor: string;
  readonly reason?: string;
  readonly ticket?: string;
  readonly run: {
    readonly repository: string;
    readonly id: string;
    readonly attempt: number;
    readonly url: string;
  };
  readonly gates: readonly GateReport[];
  readonly components: readonly Component[];
}

/** One line of the deployment log, never changed once written. */
export interface DeploymentRecord extends Draft {
  /** Its key in the table. */
  readonly id: string;
  /** 1 for the first of its chain. */
  readonly sequence: number;
  /** The key of the record before it; undefined for the first. */
  readonly previous?: string;
  /** The hash of the record before it; 64 zeros for the first. */
  readonly previousHash: string;
  /** SHA-256 in hex over the canonical JSON of every other attribute. */
  readonly hash: string;
}

/** An item of the table: its attributes by name. `deployment_id` is the key. */
export type Attributes = Readonly<Record<string, string | number>>;

export const firstPreviousHash = '0'.repeat(64);

/** The key of a record: what a second attempt to write it finds. */
export function recordId(draft: Pick<Draft, 'deployment' | 'status'>): string {
  return `${draft.deployment}/${draft.status}`;
}

/** The draft as the item that stands after `previous` in its chain, hash included. */
export function seal(draft: Draft, previous: DeploymentRecord | undefined): Attributes {
  const { run } = draft;
  const content = defined({
    deployment_id: recordId(draft),
    deployment: draft.deployment,
    timestamp: draft.timestamp,
    environment: draft.environment,
    service: draft.service,
    action: draft.action,
    status: draft.status,
    from_version: draft.fromVersion,
    to_version: draft.toVersion,
    actor: draft.actor,
    reason: draft.reason,
    ticket: draft.ticket,
    repository: run.repository,
    run_id: run.id,
    run_attempt: run.attempt,
    run_url: run.url,
    gates: JSON.stringify(draft.gates),
    components: JSON.stringify(draft.components),
    sequence: (previous?.sequence ?? 0) + 1,
    previous: previous?.id,
    previous_hash: previous?.hash ?? firstPreviousHash,
  });
  return { ...content, hash: hashOf(content) };
}

/** The hash that the item ought to carry. */
export function hashOf(item: Attributes): string {
  const { hash: _, ...content } = item;
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

/** JSON with its keys sorted and without white space, so that equal contents have equal bytes (RFC 8785 for texts and whole numbers). */
export function canonicalJson(content: Attributes): string {
  const keys = Object.keys(content).sort();
  return JSON.stringify(Object.fromEntries(keys.map((key) => [key, content[key]])));
}

/** The record that an item holds; undefined when the item is something else, as tables shared with others hold. */
export function recordOf(item: Attributes): DeploymentRecord | undefined {
  const text = (name: string) => (typeof item[name] === 'string' ? item[name] : undefined);
  const action = actions.find((known) => known === item.action);
  const status = statuses.find((known) => known === item.status);
  const { sequence, run_attempt: attempt } = item;
  const needed = ['deployment_id', 'deployment', 'environment', 'service', 'previous_hash', 'hash'];
  if (!action || !status || typeof sequence !== 'number' || needed.some((name) => text(name) === undefined))
    return undefined;
  return {
    id: text('deployment_id') ?? '',
    deployment: text('deployment') ?? '',
    timestamp: text('timestamp') ?? '',
    environment: text('environment') ?? '',
    service: text('service') ?? '',
    action,
    status,
    ...defined({
      fromVersion: text('from_version'),
      toVersion: text('to_version'),
      reason: text('reason'),
      ticket: text('ticket'),
      previous: text('previous'),
    }),
    actor: text('actor') ?? '',
    run: {
      repository: text('repository') ?? '',
      id: text('run_id') ?? '',
      attempt: typeof attempt === 'number' ? attempt : 1,
      url: text('run_url') ?? '',
    },
    gates: listOf<GateReport>(text('gates')),
    components: listOf<Component>(text('components')),
    sequence,
    previousHash: text('previous_hash') ?? '',
    hash: text('hash') ?? '',
  };
}

/**
 * Whether a record is a failure that tells of no change. A promotion that moved anything has begun, and its start stands
 * before; a rollback does not tell that it begins, so its failure names what it moved as components.
 */
export function tellsNoChange({ status, components }: Pick<Draft, 'status' | 'components'>): boolean {
  return status === 'failed' && components.length === 0;
}

function listOf<T>(text: string | undefined): readonly T[] {
  try {
    const value: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function defined<T extends string | number>(
  values: Readonly<Record<string, T | undefined>>,
): Record<string, T> {
  const present: Record<string, T> = {};
  for (const [key, value] of Object.entries(values)) if (value !== undefined) present[key] = value;
  return present;
}
