import type { WatchedCall, Watcher } from '@promo-actions/sandbox';
import type { Machine } from '../machine/index.ts';
import type { StepResult } from '../result/index.ts';
import type { Incident } from '../scenario/index.ts';
import type { Setting } from '../setting/index.ts';

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
  if (!plan || !('step' in plan) || setting.rehearsal.attempt > 1) return () => undefined;
  const strike = () => {
    setting.incident.happened = true;
    if (cancel) setting.cancel();
    else kill();
  };
  return (step) => {
    if (!isMeant(plan, machine(), step)) return undefined;
    return setting.time.alarm(setting.time.now() + plan.after, strike);
  };
}

function isMeant(plan: Extract<Incident, { step: string }>, machine: Machine, step: StepResult): boolean {
  const { result } = machine;
  const jobFits = plan.job === undefined || [result.id, result.name, result.key].includes(plan.job);
  return jobFits && [step.id, step.name].includes(plan.step);
}

/** What watches the run's calls for the one at which the scenario cancels it or lets its runner die. */
export function planIncidentAtCall(setting: Setting): Watcher | undefined {
  const { cancel, kill } = setting.scenario;
  const plan = cancel ?? kill;
  if (!plan || 'step' in plan || setting.rehearsal.attempt > 1) return undefined;
  const strike = async ({ nth, gone }: WatchedCall) => {
    if (nth !== plan.call) return;
    setting.incident.happened = true;
    if (cancel) return setting.cancel();
    setting.die();
    // No answer reaches a runner that has died.
    if (!gone.aborted) await new Promise((resolve) => gone.addEventListener('abort', resolve));
  };
  return { [plan.when]: strike };
}
