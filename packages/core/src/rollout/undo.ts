import { boolean, object, parse, string } from 'valibot';
import type { Alias, AliasChange } from '../lambda/index.ts';

/** What a step leaves behind before it touches an alias, so that the job's end can undo it. */
export interface ShiftIntent {
  readonly functionName: string;
  readonly alias: string;
  /** The stable version before the step. */
  readonly stable: string;
  readonly version: string;
  /** Whether the step makes the version stable. */
  readonly completes: boolean;
}

const intentSchema = object({
  functionName: string(),
  alias: string(),
  stable: string(),
  version: string(),
  completes: boolean(),
});

/** Reads back what a step left as JSON. */
export function parseIntent(text: string): ShiftIntent {
  return parse(intentSchema, JSON.parse(text));
}

export type UndoPlan =
  | { readonly kind: 'change'; readonly change: AliasChange }
  | { readonly kind: 'nothing'; readonly why: string };

/**
 * How to take back what one step did, and no more: the alias returns to its stable version only while it still carries
 * the step's own canary, or the version that the step itself completed. A newer rollout is left alone.
 */
export function planUndo(alias: Alias, intent: ShiftIntent): UndoPlan {
  const back = { kind: 'change', change: { stableVersion: intent.stable } } as const;
  const { canary } = alias;
  if (alias.stableVersion === intent.stable) {
    if (canary?.version === intent.version) return back;
    const why = canary
      ? `it carries another canary, version ${canary.version}`
      : `version ${intent.stable} has all requests`;
    return { kind: 'nothing', why };
  }
  const ownCompletion = intent.completes && alias.stableVersion === intent.version;
  if (ownCompletion && (!canary || canary.version === intent.stable)) return back;
  return { kind: 'nothing', why: 'it has been moved on since by another step or run' };
}
