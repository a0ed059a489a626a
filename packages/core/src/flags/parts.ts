import { createHash } from 'node:crypto';
import type { FlagPart, FlagSettings } from './flag.ts';

/** The parts in which two settings differ. */
export function differingParts(
  one: FlagSettings,
  other: FlagSettings,
  parts: readonly FlagPart[],
): readonly FlagPart[] {
  return parts.filter((part) => !same(one[part], other[part]));
}

/** Equal as JSON is, whatever the order of members; that of lists counts, for rules are tried in theirs. */
export function same(one: unknown, other: unknown): boolean {
  return canonical(one) === canonical(other);
}

/** Twelve hexadecimal digits that stand for a value: it is told apart by them, and not told. */
export function digest(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex').slice(0, 12);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}

/** The segments of the rules: they live in one environment, so a rule may name one that the other does not have. */
export function segmentsOf({ rules }: Pick<FlagSettings, 'rules'>): readonly string[] {
  const named = rules.flatMap(({ clauses }) =>
    clauses.filter(({ op }) => op === 'segmentMatch').flatMap(({ values }) => values.map(String)),
  );
  return [...new Set(named)].sort();
}

/** Why a patch cannot bring these parts about, so that only copying can; undefined when it can. */
export function beyondPatching(wanted: FlagSettings, parts: readonly FlagPart[]): string | undefined {
  const served = [
    ...(parts.includes('fallthrough') ? [wanted.fallthrough] : []),
    ...(parts.includes('rules') ? wanted.rules : []),
  ];
  if (served.some(({ rollout }) => rollout?.experiment)) return 'its shares belong to an experiment';
  if (parts.includes('rules') && wanted.rules.some(({ disabled }) => disabled))
    return 'it has a disabled rule';
  if (parts.includes('off-variation') && wanted['off-variation'] === null) return 'it has no off variation';
  return undefined;
}

/** Flags after those that they need: a flag that is switched on finds its prerequisites as they are meant. */
export function prerequisitesFirst<T extends { readonly key: string; readonly needs: readonly string[] }>(
  flags: readonly T[],
): readonly T[] {
  const byKey = new Map(flags.map((flag) => [flag.key, flag]));
  const ordered = new Set<T>();
  const visited = new Set<T>();
  const visit = (flag: T): void => {
    if (visited.has(flag)) return;
    visited.add(flag);
    for (const needed of flag.needs) {
      const found = byKey.get(needed);
      if (found) visit(found);
    }
    ordered.add(flag);
  };
  for (const flag of flags) visit(flag);
  return [...ordered];
}
