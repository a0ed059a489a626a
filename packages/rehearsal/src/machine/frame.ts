import type { Contexts, Dictionary, Scope } from '../expression/index.ts';
import type { Conclusion, JobResult, StepResult } from '../result/index.ts';
import type { Setting, StopReason } from '../setting/index.ts';
import type { NodeAction, RunDefaults } from '../workflow/index.ts';
import type { StepTask } from './task.ts';

/** How the steps so far went, as `success()` and its siblings ask. */
export type Status = Exclude<Conclusion, 'skipped'>;

/** A step's entry in the `steps` context. */
export interface StepOutcome {
  outputs: Record<string, string>;
  outcome: Conclusion;
  conclusion: Conclusion;
}

interface PostHead {
  readonly name: string;
  /** The environment of the step that left it. */
  readonly env: Readonly<Record<string, string>>;
}

interface NodePost extends PostHead {
  readonly kind: 'node';
  readonly action: NodeAction;
  readonly inputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
}

/** Of a foreign action that the rehearsal plays itself. */
interface StandInPost extends PostHead {
  readonly kind: 'stand-in';
  play(task: StepTask): void;
}

/** A `post` that waits for the end of its job. */
export type Post = NodePost | StandInPost;

/** One job while it runs: the virtual machine that its steps share. */
export interface Machine {
  readonly setting: Setting;
  readonly result: JobResult;
  /** Stops the step that runs; its reason is a `StopReason`. */
  readonly stop: AbortSignal;
  readonly workspace: string;
  /** `RUNNER_TEMP`. */
  readonly temp: string;
  /** Contexts that do not change during the job: github, needs, matrix, … */
  readonly contexts: Contexts;
  readonly variables: Readonly<Record<string, string>>;
  readonly jobEnv: Readonly<Record<string, string>>;
  readonly defaults: readonly RunDefaults[];
  /** What steps have added by `GITHUB_ENV` and `GITHUB_PATH`. */
  readonly added: { env: Record<string, string>; path: string[] };
  readonly posts: Post[];
  /** Process groups that may still have members when the job ends. */
  readonly leftovers: Set<number>;
  /** Whether the repository is in the workspace. */
  checkedOut: boolean;
  /** Aborted when the runner dies: nothing more runs, posts neither. */
  readonly death: AbortSignal;
  /** Prepares what the scenario has planned for this step; returns what calls it off. */
  incident?(step: StepResult): (() => void) | undefined;
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
