import * as v from 'valibot';
import { type Flag, type FlagInEnvironment, type FlagPart, type FlagSettings, flagParts } from './flag.ts';
import { digest, same } from './parts.ts';

const served = {
  variation: v.optional(v.number()),
  rollout: v.optional(
    v.object({
      weights: v.array(v.object({ variation: v.number(), weight: v.number() })),
      contextKind: v.string(),
      bucketBy: v.string(),
      experiment: v.optional(v.literal(true)),
    }),
  ),
};
const settings = {
  on: v.boolean(),
  rules: v.array(
    v.object({
      ...served,
      clauses: v.array(
        v.object({
          contextKind: v.string(),
          attribute: v.string(),
          op: v.string(),
          negate: v.boolean(),
          values: v.array(v.unknown()),
        }),
      ),
      description: v.string(),
      trackEvents: v.boolean(),
      disabled: v.boolean(),
    }),
  ),
  fallthrough: v.object(served),
  'off-variation': v.nullable(v.number()),
  targets: v.array(v.object({ contextKind: v.string(), variation: v.number(), values: v.array(v.string()) })),
  prerequisites: v.array(v.object({ flag: v.string(), variation: v.number() })),
};

/** What `restore` needs: each changed flag's parts as they were, and digests of what was, or may have been, made of them. */
export const restorePointSchema = v.object({
  project: v.string(),
  environment: v.string(),
  flags: v.array(
    v.object({
      flag: v.string(),
      before: v.partial(v.object(settings)),
      /** By part; several, with spaces between, where attempts of a run had different sources. */
      after: v.record(v.string(), v.string()),
    }),
  ),
});
export type RestorePoint = v.InferOutput<typeof restorePointSchema>;
export type RestoreItem = RestorePoint['flags'][number];

/** A restore point as it was written down; undefined where the text is none. */
export function restorePointOf(text: string): RestorePoint | undefined {
  try {
    const read = v.safeParse(restorePointSchema, JSON.parse(text));
    return read.success ? read.output : undefined;
  } catch {
    return undefined;
  }
}

/** What puts a changed flag back. */
export function restoreItem(
  flag: Flag,
  before: FlagInEnvironment,
  wanted: FlagSettings,
  parts: readonly FlagPart[],
): RestoreItem {
  const pick = (from: FlagSettings) => Object.fromEntries(parts.map((part) => [part, from[part]]));
  const after = Object.fromEntries(parts.map((part) => [part, digest(wanted[part])]));
  return v.parse(restorePointSchema.entries.flags.item, {
    flag: flag.key,
    before: pick(before.settings),
    after,
  });
}

/** Whether a part's value is one that was made of it. */
export function isMadeOf(after: RestoreItem['after'], part: string, value: unknown): boolean {
  return (after[part] ?? '').split(' ').includes(digest(value));
}

/**
 * The settings that a restore wants, or the parts that somebody changed since the sync. A part that is already as it was is
 * wanted as it is.
 */
export function restoredSettings(
  { before, after }: RestoreItem,
  now: FlagSettings,
): { readonly wanted: FlagSettings } | { readonly changedSince: readonly FlagPart[] } {
  const parts = flagParts.filter((part) => before[part] !== undefined);
  const changedSince = parts.filter(
    (part) => !same(now[part], before[part]) && !isMadeOf(after, part, now[part]),
  );
  if (changedSince.length > 0) return { changedSince };
  return { wanted: { ...now, ...(before as Partial<FlagSettings>) } };
}
