import type { Masks } from '../protocol/index.ts';
import type { Approval, JobResult, Observer, Rehearsal, StepResult } from '../result/index.ts';
import type { Scenario } from '../scenario/index.ts';
import type { Time } from '../time/index.ts';
import type { Origin } from '../workflow/index.ts';

/** The repository as GitHub would tell it to the run. */
export interface Repository {
  /** `owner/name` */
  readonly name: string;
  readonly defaultBranch: string;
  /** `refs/heads/main` */
  readonly ref: string;
  readonly sha: string;
}

export interface Folders {
  /** Where everything of this rehearsal is written; gone when it is over. */
  readonly root: string;
  /** The trees that are read and never written. */
  readonly trees: Readonly<Record<Origin, string>>;
}

/** Why something that runs is stopped: the run was cancelled, its time is over, its runner died, or nothing moves. */
export type StopReason = 'cancelled' | 'timed out' | 'killed' | 'stuck';

/** What everything in a rehearsal shares. */
export interface Setting {
  readonly time: Time;
  readonly masks: Masks;
  readonly rehearsal: Rehearsal;
  readonly observer: Observer;
  readonly scenario: Scenario;
  readonly repository: Repository;
  readonly folders: Folders;
  /** What every process finds in its environment: the sandbox's endpoints, a home, a PATH. */
  readonly environment: Readonly<Record<string, string>>;
  /** Where jobs that may have an ID token get it, and what they show for it. */
  readonly idToken: { readonly url: string; readonly bearer: string };
  /** The folder of `sleep` and `date` on the sandbox's clock. */
  readonly shims: string;
  /** Node 24. */
  readonly node: string;
  /** The module that gives a Node process the sandbox's clock. */
  readonly preload?: string;
  /** The triggering event's payload. */
  readonly event: Readonly<Record<string, unknown>>;
  /** The run's cancellation; its reason is a `StopReason`. */
  readonly stop: AbortSignal;
  cancel(): void;
  /** Aborted when whatever runs now loses its runner. */
  readonly death: AbortSignal;
  die(): void;
  /** Whether the cancellation or death that the scenario plans has come. */
  readonly incident: { happened: boolean };
  /** Jobs of an earlier attempt that succeeded and are not run again, by key. */
  readonly kept: ReadonlyMap<string, JobResult>;
  /** Makes a GITHUB_TOKEN for a job: `read`, `write`, or a level for each scope that it may use. */
  issueToken(permissions: string | Readonly<Record<string, string>>): Promise<string>;
  /** Lets the sandbox's GitHub know what people answered. */
  tellApproval(approval: Approval): Promise<void>;
}

/** Writes into a step's log, hiding what is masked. */
export interface StepLog {
  line(text: string): void;
  annotate(level: 'error' | 'warning' | 'notice', message: string): void;
}

export function createStepLog(setting: Setting, job: JobResult, step: StepResult): StepLog {
  const line = (text: string) => {
    for (const part of setting.masks.hide(text).split('\n')) {
      const entry = { at: setting.time.now(), text: part };
      step.log.push(entry);
      setting.observer.line?.(job, step, entry);
    }
  };
  return {
    line,
    annotate(level, message) {
      line(`${level[0]?.toUpperCase()}${level.slice(1)}: ${message}`);
      step.annotations.push({ level, message: setting.masks.hide(message) });
    },
  };
}
