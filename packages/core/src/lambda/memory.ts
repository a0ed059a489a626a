import type { Alias, AliasChange, AliasStore, FunctionVersion } from './ports.ts';

/** Aliases in memory that follow Lambda's rules for revisions; for tests and for trying a plan out. */
export interface MemoryAliasStore extends AliasStore {
  /** Every successful write in order: `update live 3+4@10`. */
  readonly writes: readonly string[];
  /** Changes an alias as another process would, without noting it among the writes. */
  meddle(functionName: string, alias: string, change: AliasChange): void;
}

export function memoryAliasStore(
  functions: Readonly<Record<string, Readonly<Record<string, string | AliasChange>>>>,
): MemoryAliasStore {
  const store = new Map<string, Map<string, Alias>>();
  const writes: string[] = [];
  let revision = 0;

  const put = (functionName: string, name: string, change: AliasChange): Alias => {
    const aliases = store.get(functionName) ?? new Map<string, Alias>();
    const description = change.description ?? aliases.get(name)?.description ?? '';
    const base = { functionName, name, stableVersion: change.stableVersion, description };
    const alias: Alias = {
      ...base,
      revisionId: String(++revision),
      ...(change.canary ? { canary: change.canary } : {}),
    };
    store.set(functionName, aliases.set(name, alias));
    return alias;
  };
  for (const [functionName, aliases] of Object.entries(functions)) {
    for (const [name, given] of Object.entries(aliases)) {
      put(functionName, name, typeof given === 'string' ? { stableVersion: given } : given);
    }
  }

  return {
    writes,
    meddle: put,
    find: async (functionName, name) => store.get(functionName)?.get(name),
    list: async (functionName) => [...(store.get(functionName)?.values() ?? [])],
    async create(functionName, name, version, description) {
      if (store.get(functionName)?.has(name)) return 'exists';
      writes.push(`create ${name} ${version}`);
      return put(functionName, name, { stableVersion: version, description });
    },
    async update(lastRead, change) {
      const { functionName, name } = lastRead;
      if (store.get(functionName)?.get(name)?.revisionId !== lastRead.revisionId) return 'moved';
      const canary = change.canary ? `+${change.canary.version}@${change.canary.weight}` : '';
      writes.push(`update ${name} ${change.stableVersion}${canary}`);
      return put(functionName, name, change);
    },
    async remove(functionName, name) {
      if (store.get(functionName)?.delete(name)) writes.push(`remove ${name}`);
    },
  };
}

/** A version of `orders` that is published and ready; for tests. */
export function publishedVersion(version: string, over: Partial<FunctionVersion> = {}): FunctionVersion {
  return {
    functionName: 'orders',
    version,
    codeSha256: '',
    codeSize: 0,
    description: '',
    role: '',
    state: 'Active',
    lastUpdateStatus: 'Successful',
    lastModified: 0,
    packageType: 'Zip',
    timeout: 3_000,
    revisionId: '',
    ...over,
  };
}
