import type { Clock } from '../clock/index.ts';
import type { Fence } from '../lock/index.ts';
import type { FlagNotes } from './notes.ts';
import type { FlagSystem } from './ports.ts';

/** What a step's work goes with. */
export interface Surroundings {
  readonly system: FlagSystem;
  /** Asked before each flag that is changed, or that approval is asked for. */
  readonly fence: Pick<Fence, 'check'>;
  /** Without it, what was found is kept in the result alone, and lost with the runner. */
  readonly notes?: FlagNotes | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** A line for the step's log. */
  tell(line: string): void;
}
