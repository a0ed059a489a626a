import { OutsideError } from '../errors/index.ts';
import { LostRollout, UnansweredHold } from './lost.ts';
import type { ShiftPorts } from './shift.ts';

type Aliases = ShiftPorts['aliases'];

/** A rollout that is held for as long as nobody else takes it over. */
export interface Held {
  /** Asks whether it is still this process's. @throws LostRollout when another run has it by now. */
  check(): Promise<void>;
}

/**
 * Aliases that are changed only while the rollout is still this process's. The table is asked between reading the alias
 * and writing it: either it knows of the next driver, or what the next driver writes makes the late write fail. Where
 * the table does not answer, the write is not tried (`UnansweredHold`).
 */
export function heldAliases(aliases: Aliases, held: Held): Aliases {
  return {
    ...aliases,
    async update(lastRead, change) {
      await held.check().catch((error) => {
        throw unanswered(error);
      });
      return aliases.update(lastRead, change);
    },
  };
}

function unanswered(error: unknown): unknown {
  if (!(error instanceof OutsideError) || error instanceof LostRollout) return error;
  return new UnansweredHold(error.asReasonOf('whose the rollout is could not be asked').failure);
}

/** The same for what takes a canary out: a table that does not answer is not in its way. */
export function heldUnlessUnanswered(held: Held): Held {
  return {
    async check() {
      await held.check().catch((error) => {
        if (!(error instanceof OutsideError) || error instanceof LostRollout) throw error;
      });
    },
  };
}
