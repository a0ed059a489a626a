/** What an alias pointed at from a moment on. */
export interface AliasState {
  /** Epoch milliseconds of the virtual clock. */
  readonly at: number;
  /** The alias's main version; undefined when the alias was deleted. */
  readonly stable: string | undefined;
  /** The additional version, where there is one. */
  readonly canary?: string | undefined;
  /** The share of the requests that go to the canary, 0 to 1. */
  readonly weight: number;
}

/** Every state one alias has had, oldest first. Only ever added to, and never with a moment that has passed. */
export type AliasHistory = readonly AliasState[];

/** The versions that a state sends requests to, with their shares; the shares add up to 1, or there are none. */
export function sharesOf(
  state: AliasState | undefined,
): readonly (readonly [version: string, share: number])[] {
  if (state?.stable === undefined) return [];
  if (state.canary === undefined || state.weight <= 0) return [[state.stable, 1]];
  if (state.weight >= 1) return [[state.canary, 1]];
  return [
    [state.stable, 1 - state.weight],
    [state.canary, state.weight],
  ];
}

/**
 * When the alias's states begin. The state with which the world began is taken to have held for all time before, so
 * that a look back over the last day sees traffic.
 */
export function beginning(history: AliasHistory, index: number, worldStart: number): number {
  const at = history[index]?.at ?? Number.POSITIVE_INFINITY;
  return index === 0 && at <= worldStart ? Number.NEGATIVE_INFINITY : at;
}

export function stateAt(history: AliasHistory, at: number, worldStart: number): AliasState | undefined {
  for (let index = history.length - 1; index >= 0; index--) {
    if (beginning(history, index, worldStart) <= at) return history[index];
  }
  return undefined;
}

/** When each version first got traffic through the alias; minus infinity for those the world began with. */
export function firstTraffic(history: AliasHistory, worldStart: number): ReadonlyMap<string, number> {
  const first = new Map<string, number>();
  history.forEach((state, index) => {
    for (const [version] of sharesOf(state)) {
      if (!first.has(version)) first.set(version, beginning(history, index, worldStart));
    }
  });
  return first;
}
