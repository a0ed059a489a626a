import type { Rollout } from './drive.ts';
import type { RolloutOrder } from './order.ts';
import type { StoredRollout } from './store.ts';

const hour = 3_600_000;
/** Hosted jobs end after six hours, by being killed; a rollout must be undone before. */
export const usualLimit = { job: 5 * hour, schedule: 7 * 24 * hour };

/**
 * A rollout as the run goes on with it that was asked for it again. A job's limit is for as long as its own run may take,
 * so what a dead one had left of it counts for nothing; by schedule nobody's death stops the clock.
 */
export function goneOnWith(
  { driver, rollout }: StoredRollout,
  order: Pick<RolloutOrder, 'driver' | 'timeLimit'>,
  now: number,
): Rollout {
  const anew = driver === 'job' || order.driver === 'job';
  return anew ? until(now + order.timeLimit, rollout) : rollout;
}

/** A rollout of a dead job as the schedule finishes it: step by step, in the time that one by schedule has. */
export function finishedBySchedule({ rollout, startedAt }: StoredRollout): Rollout {
  const { deadline } = rollout.state.rules;
  return until(Math.max(deadline, Date.parse(startedAt) + usualLimit.schedule), rollout);
}

function until(deadline: number, rollout: Rollout): Rollout {
  const { state } = rollout;
  return { ...rollout, state: { ...state, rules: { ...state.rules, deadline } } };
}
