import type { StepTask } from '../machine/index.ts';

/** A foreign action, played by the rehearsal. It says so in the log and refuses inputs that it does not play. */
export interface StandIn {
  /** In small letters. */
  readonly inputs: readonly string[];
  /** Returns the outputs; throws an Error that says what is wrong and what to do. */
  play(inputs: Readonly<Record<string, string>>, task: StepTask): Promise<Record<string, string>>;
  /** What the real action does at the end of its job, whatever became of it. */
  post?(inputs: Readonly<Record<string, string>>, task: StepTask): void;
}

export function required(inputs: Readonly<Record<string, string>>, name: string): string {
  const value = inputs[name];
  if (value) return value;
  throw new Error(`Input required and not supplied: ${name}`);
}
