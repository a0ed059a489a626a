import type { Clock } from '../clock/index.ts';

/** The run that this step belongs to, as records and messages name it. */
export interface RunContext {
  /** `owner/name`. */
  readonly repository: string;
  readonly runId: string;
  readonly runAttempt: number;
  readonly runUrl: string;
  readonly actor: string;
  readonly workflow: string;
  readonly job: string;
  readonly ref: string;
  readonly sha: string;
}

export interface Log {
  info(message: string): void;
  debug(message: string): void;
  /** Annotations; the frame keeps to ten of each. */
  notice(message: string): void;
  warning(message: string): void;
  error(message: string): void;
  group<T>(title: string, work: () => Promise<T>): Promise<T>;
}

/** What the frame asks of the machine that runs the step. */
export interface Runner {
  readonly log: Log;
  readonly clock: Clock;
  readonly context: RunContext;
  /** The raw input, empty when it was not given. */
  input(name: string): string;
  /** A file of the checkout, or undefined when it is not there. */
  readFile(path: string): Promise<string | undefined>;
  mask(secret: string): void;
  output(name: string, value: string): void;
  /** Appends Markdown to the step's summary. */
  summary(markdown: string): Promise<void>;
  /** State that main leaves for post. */
  saveState(name: string, value: string): void;
  state(name: string): string;
  /** Marks the step as failed; the message becomes its error annotation. */
  fail(message: string): void;
  /** Calls back once when the run is being cancelled. */
  onCancel(listener: () => void): void;
}
