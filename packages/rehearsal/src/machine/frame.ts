import type { Contexts, Dictionary, Scope } from '../expression/index.ts';
import type { Conclusion } from '../result/index.ts';
import type { StopReason } from '../setting/index.ts';
import type { Machine } from './machine.ts';

/** How the steps so far went, as `success()` and its siblings ask. */
export type Status = Exclude<Conclusion, 'skipped'>;

/** A step's entry in the `steps` context. */
export interface StepOutcome {
  outputs: Record<string, string>;
  outcome: Conclusion;
  conclusion: Conclusion;
}

/** A list of steps that share a `steps` context and a status: a job's, or a composite action's. */
export interface Frame {
  readonly machine: Machine;
  readonly steps: Record<string, StepOutcome>;
  readonly env: Readonly<Record<string, string>>;
  readonly contexts: Contexts;
  status: Status;
}

export function frameScope(frame: Frame, env: Readonly<Record<string, string>>): Scope {
  const { machine } = frame;
  return {
    contexts: {
      ...machine.contexts,
      ...frame.contexts,
      env,
      steps: frame.steps as unknown as Dictionary,
      job: { status: frame.status },
    },
    status: {
      success: () => statusOf(frame) === 'success',
      failure: () => statusOf(frame) === 'failure',
      cancelled: () => statusOf(frame) === 'cancelled',
    },
    workspace: machine.workspace,
  };
}

/** A cancelled run is so for every step that has not begun yet. */
export function statusOf(frame: Frame): Status {
  return frame.machine.stop.aborted && reasonOf(frame.machine.stop) !== 'killed' ? 'cancelled' : frame.status;
}

export function reasonOf(signal: AbortSignal): StopReason {
  return signal.reason as StopReason;
}

/** The environment that the frame's next step begins with. */
export function frameEnv(frame: Frame): Record<string, string> {
  return { ...frame.machine.jobEnv, ...frame.machine.added.env, ...frame.env };
}
