import type { StepResult } from '../result/index.ts';
import { createStepLog } from '../setting/index.ts';
import type { Machine, StepTask } from './machine.ts';

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
