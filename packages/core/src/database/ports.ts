/** An RDS instance, or a cluster of Aurora or Multi-AZ. */
export interface DatabaseRef {
  readonly kind: 'instance' | 'cluster';
  readonly id: string;
}

export interface Database {
  /** Such as `available` or `modifying`. */
  readonly status: string;
  /** With its version: `aurora-postgresql 16.4`. */
  readonly engine: string;
  readonly encrypted: boolean;
  /** The cluster that an instance is a member of. */
  readonly cluster?: string;
}

export interface Snapshot {
  readonly id: string;
  /** `creating`, `available`, `failed` and more. */
  readonly status: string;
  readonly percent: number;
  /** Epoch milliseconds; RDS tells none before it has begun. */
  readonly at?: number;
  readonly encrypted: boolean;
  readonly tags: Readonly<Record<string, string>>;
}

export interface DatabaseService {
  /** @throws OutsideError where there is none, saying how to list what there is. */
  find(database: DatabaseRef): Promise<Database>;
  /** Those that people or actions made, not RDS's own. */
  snapshots(database: DatabaseRef): Promise<readonly Snapshot[]>;
  snapshot(database: DatabaseRef, id: string): Promise<Snapshot | undefined>;
  /** `'exists'` where the name is taken, `'busy'` where the database is in no state for it; nothing was changed then. */
  create(
    database: DatabaseRef,
    id: string,
    tags: Readonly<Record<string, string>>,
  ): Promise<Snapshot | 'exists' | 'busy'>;
  /** A snapshot that is not there is none to remove. */
  remove(database: DatabaseRef, id: string): Promise<void>;
}

/** How messages name it. */
export function describeDatabase({ kind, id }: DatabaseRef): string {
  return `${kind} \`${id}\``;
}
