import type { Flag, Given } from './arguments.ts';

/** Where a command writes and what it knows of its place. */
export interface Console {
  out(line: string): void;
  err(line: string): void;
  /** The terminal, when there is one to draw on. */
  readonly terminal?: { readonly columns?: number; readonly rows?: number; write(text: string): unknown };
  readonly colours: boolean;
  /** The folder of the installed tools: `clock.mjs` is in it, and the release tree beside it. */
  readonly tools: string;
}

export interface Command {
  readonly name: string;
  /** After the name: `WORKFLOW --scenario FILE`. */
  readonly usage: string;
  /** Whether it takes anything besides its flags; else that is refused. */
  readonly positionals?: true;
  readonly summary: string;
  readonly flags: readonly Flag[];
  /** More than the flags say; lines of help. */
  readonly details: readonly string[];
  /** Returns the exit code; throws `Mistakes` for what the person can mend. */
  run(given: Given, console: Console): Promise<number>;
}
