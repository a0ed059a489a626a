import type { SeriesQuery } from '@promo-actions/core/metrics';

/** GetMetricData takes this many queries a call. */
const queriesPerCall = 500;

/**
 * Divides queries into as few calls as their number allows, keeping every expression in the call of the series it
 * names, because an expression sees only its own call.
 * @throws when one expression alone needs more series than a call takes.
 */
export function batches(
  queries: readonly SeriesQuery[],
  limit: number = queriesPerCall,
): readonly (readonly SeriesQuery[])[] {
  const calls: SeriesQuery[][] = [];
  for (const group of inseparable(queries)) {
    if (group.length > limit)
      throw new Error(`one expression needs ${group.length} series; a call takes ${limit}`);
    const open = calls.find((call) => call.length + group.length <= limit);
    if (open) open.push(...group);
    else calls.push([...group]);
  }
  return calls;
}

/** The queries in groups that must stay together. */
function inseparable(queries: readonly SeriesQuery[]): SeriesQuery[][] {
  const groups = new Map<string, SeriesQuery[]>(queries.map((query) => [query.id, [query]]));
  for (const query of queries) {
    if (!('expression' in query)) continue;
    for (const name of query.expression.match(/\b[a-z]\w*\b/g) ?? []) {
      const own = groups.get(query.id);
      const other = groups.get(name);
      if (!own || !other || own === other) continue;
      own.push(...other);
      for (const member of other) groups.set(member.id, own);
    }
  }
  return [...new Set(groups.values())];
}
