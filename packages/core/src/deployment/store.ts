import type { Attributes } from './record.ts';

/** The table of records, keyed by `deployment_id` alone. It may hold items of others. Every write is of one item. */
export interface RecordStore {
  /** How messages name it: "table `deployments` in af-south-1". */
  readonly place: string;
  /** The item as the last write left it (a consistent read), or undefined. */
  find(id: string): Promise<Attributes | undefined>;
  /** Those of the items that are there, by key, read at once: at most 100, consistently. */
  findAll(ids: readonly string[]): Promise<ReadonlyMap<string, Attributes>>;
  /** Writes an item whose key is new; `'exists'` when the key is taken, and nothing was changed. */
  add(item: Attributes): Promise<'added' | 'exists'>;
  /**
   * Writes a chain's head, provided that the table still holds the one with `expected` as its `head_hash`, or none when
   * that is undefined; `'moved'` otherwise, and nothing was changed.
   */
  moveHead(item: Attributes, expected: string | undefined): Promise<'done' | 'moved'>;
}

/** Named texts of an environment, such as `/tenants/prod/deployed-version`. */
export interface ParameterStore {
  /** The value, or undefined when there is no such parameter. */
  get(name: string): Promise<string | undefined>;
  /** Creates or overwrites it. */
  put(name: string, value: string): Promise<void>;
}

/** Where deployments are shown beside the code: GitHub's Deployments. */
export interface DeploymentBoard {
  /** Those of an environment and task, newest first; of very many the newest alone. */
  list(query: { environment: string; task: string }): Promise<readonly ShownDeployment[]>;
  /** The last state that it was set to; undefined where it has none. */
  stateOf(id: number): Promise<string | undefined>;
  create(deployment: {
    readonly ref: string;
    readonly environment: string;
    readonly task: string;
    readonly description: string;
    readonly payload: Readonly<Record<string, string>>;
  }): Promise<ShownDeployment>;
  setStatus(
    id: number,
    status: {
      readonly state: 'in_progress' | 'success' | 'failure' | 'inactive';
      readonly description?: string;
      readonly logUrl?: string;
      readonly autoInactive?: boolean;
    },
  ): Promise<void>;
}

export interface ShownDeployment {
  readonly id: number;
  readonly payload: Readonly<Record<string, unknown>>;
}
