import type { Contexts } from '../expression/index.ts';
import type { JobResult, StepResult } from '../result/index.ts';
import type { Setting, StepLog } from '../setting/index.ts';
import type { NodeAction, RunDefaults } from '../workflow/index.ts';

/** What a step does, handed to whoever does it. */
export interface StepTask {
  readonly machine: Machine;
  readonly result: StepResult;
  readonly log: StepLog;
  readonly stop: AbortSignal;
  /** The step's own environment: workflow's, job's, step's, and what steps before have added. */
  readonly env: Readonly<Record<string, string>>;
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
