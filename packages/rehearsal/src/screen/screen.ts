import type { Observer, Rehearsal } from '../result/index.ts';

/** Shows a rehearsal while it runs. */
export interface Screen {
  readonly observer: Observer;
  begun(rehearsal: Rehearsal): void;
  /** Leaves the terminal as a finished picture. */
  close(): void;
}
