import type { Alias } from '../lambda/index.ts';
import { isKept, type KeptAlias } from './names.ts';

export interface Retention {
  /** How many backups are kept. */
  readonly count: number;
  /** Milliseconds that a backup is kept. */
  readonly age: number;
  /** Versions that a record needs, such as the last good one. */
  readonly versions: readonly string[];
}

/**
 * Which backups of one alias may go: those beyond the count or too old. Never the newest, never the newest that differs
 * from the present stable version (where a rollback would go), and never one at a version that a record or another
 * alias needs.
 */
export function planPrune(
  backups: readonly KeptAlias[],
  alias: Alias,
  others: readonly Alias[],
  retention: Retention,
  now: number,
): readonly KeptAlias[] {
  const newestFirst = [...backups].sort((a, b) => b.at - a.at);
  const needed = new Set(retention.versions);
  for (const other of others) {
    if (other.name === alias.name || isKept(other.name)) continue;
    needed.add(other.stableVersion);
    if (other.canary) needed.add(other.canary.version);
  }
  const wayBack = newestFirst.find((backup) => backup.version !== alias.stableVersion);
  return newestFirst.filter((backup, index) => {
    const due = index >= retention.count || now - backup.at > retention.age;
    return due && index > 0 && backup !== wayBack && !needed.has(backup.version);
  });
}
