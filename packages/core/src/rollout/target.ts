import { aliasMissing, type Patience } from '../lambda/index.ts';
import { type Held, heldAliases, heldUnlessUnanswered } from './held.ts';
import { type ShiftPorts, shift, undoShift } from './shift.ts';
import type { Split } from './state.ts';

/**
 * What a rollout moves requests with: a stable version that has them all, and a canary that is given a share.
 *
 * Every order may be repeated, and answers with what was done in one sentence. An order that cannot be carried out is an
 * `OutsideError` that says what was changed before; an `UnansweredHold` where it was not tried and may be given again.
 *
 * It suits targets that move requests by themselves, such as the deployments of an ECS service (`CANARY`, `LINEAR`),
 * when they stop after each step at a hook of type PAUSE: `read` tells the share that the deployment stands at, and the
 * one below while it moves; `setWeight` lets it go on (UpdateService for the first share, ContinueServiceDeployment for
 * the others); `complete` lets it go on to its end; `undo` stops it with ROLLBACK. The shares of the plan are then those
 * that the service's deployment configuration names.
 */
export interface TrafficTarget {
  /** As messages name it. */
  readonly name: string;
  read(): Promise<Split>;
  /** Gives the canary its share in percent, above 0; with 100 the stable version stays ready to take everything back. */
  setWeight(weight: number): Promise<string>;
  /** Makes the canary the stable version, alone. */
  complete(): Promise<string>;
  /** Gives all requests back to the stable version; does nothing where they are no longer this rollout's. */
  undo(): Promise<string>;
}

/** One rollout's place: an alias, the version that is stable when it begins, and the one that is rolled out. */
export interface LambdaPlace {
  readonly functionName: string;
  readonly alias: string;
  readonly stable: string;
  readonly canary: string;
}

/**
 * A Lambda alias as a rollout's target. Undoing is not stopped by a cancelled run, nor by a table that does not answer.
 * @param held the rollout that must still be this process's when the alias is changed; absent where none is kept.
 */
export function lambdaTarget(
  place: LambdaPlace,
  { aliases, functions }: ShiftPorts,
  patience: Patience,
  held?: Held,
): TrafficTarget {
  const ports = { functions, aliases: held ? heldAliases(aliases, held) : aliases };
  const back = held ? heldAliases(aliases, heldUnlessUnanswered(held)) : aliases;
  const { functionName, alias: name, stable, canary } = place;
  const order = { functionName, alias: name, dryRun: false, onIntent: () => {} };
  const told = async (done: ReturnType<typeof shift>) => (await done).sentence;
  const { signal: _, ...steadfast } = patience;
  return {
    name: `\`${functionName}:${name}\``,
    async read() {
      const found = await aliases.find(functionName, name);
      if (!found) throw aliasMissing(functionName, name, 'the rollout cannot see its traffic');
      return { stable: found.stableVersion, ...(found.canary ? { canary: found.canary } : {}) };
    },
    setWeight: (weight) =>
      told(
        shift(
          { ...order, request: { kind: 'weigh', version: canary, weight, expectedStable: stable } },
          ports,
          patience,
        ),
      ),
    complete: () =>
      told(
        shift(
          { ...order, request: { kind: 'complete', version: canary, expectedStable: stable } },
          ports,
          patience,
        ),
      ),
    undo: () =>
      undoShift(
        { functionName, alias: name, stable, version: canary, completes: true },
        back,
        steadfast,
        'because the rollout is undone',
      ),
  };
}
