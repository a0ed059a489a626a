import type { StepResult } from '../result/index.ts';
import type { Incident } from '../scenario/index.ts';
import type { Setting } from '../setting/index.ts';
import type { Machine } from '../step/index.ts';

/**
 * What the scenario has planned for a job's steps: the run's cancellation, or the death of the runner, so long after a
 * step began. The returned function is told of each step and gives what calls the plan off when the step is over.
 */
export function planIncident(
  setting: Setting,
  machine: () => Machine,
  kill: () => void,
): (step: StepResult) => (() => void) | undefined {
  const { cancel, kill: death } = setting.scenario;
  const plan = cancel ?? death;
  if (!plan) return () => undefined;
  const strike = cancel ? setting.cancel : kill;
  return (step) => {
    if (!isMeant(plan, machine(), step)) return undefined;
    return setting.time.alarm(setting.time.now() + plan.after, strike);
  };
}

function isMeant(plan: Incident, machine: Machine, step: StepResult): boolean {
  const { result } = machine;
  const jobFits = plan.job === undefined || [result.id, result.name, result.key].includes(plan.job);
  return jobFits && [step.id, step.name].includes(plan.step);
}
