import type { StepResult } from '../result/index.ts';
import { createStepLog, type StepLog } from '../setting/index.ts';
import type { Machine } from './frame.ts';

/** What a step does, handed to whoever does it. */
export interface StepTask {
  readonly machine: Machine;
  readonly result: StepResult;
  readonly log: StepLog;
  readonly stop: AbortSignal;
  /** The step's own environment: workflow's, job's, step's, and what steps before have added. */
  readonly env: Readonly<Record<string, string>>;
}

/** What came of it. */
export interface StepDone {
  readonly conclusion: 'success' | 'failure' | 'cancelled';
  readonly outputs: Readonly<Record<string, string>>;
  readonly state?: Readonly<Record<string, string>>;
}

export function taskOf(
  machine: Machine,
  result: StepResult,
  stop: AbortSignal,
  env: Readonly<Record<string, string>>,
): StepTask {
  return { machine, result, log: createStepLog(machine.setting, machine.result, result), stop, env };
}
