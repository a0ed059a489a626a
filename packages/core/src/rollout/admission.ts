import { formatDuration, formatInstant } from '../clock/index.ts';
import { OutsideError } from '../errors/index.ts';
import type { Alias, Patience } from '../lambda/index.ts';
import { localTime, nextFit, until, windowState } from '../window/index.ts';
import type { Rollout } from './drive.ts';
import { heldByOther } from './keeper.ts';
import type { RolloutOrder, RolloutPorts } from './order.ts';
import type { ShiftRequest } from './plan.ts';
import { printPlan } from './rollout-plan.ts';
import { shift } from './shift.ts';
import { heldSteps } from './state.ts';
import type { StoredRollout } from './store.ts';
import { expectedTime } from './watch.ts';

/** Asks Lambda's conditions of the first order, so that a rollout that cannot be is refused before it is begun. */
export async function refuseImpossible(
  order: RolloutOrder,
  alias: Alias,
  ports: RolloutPorts,
  patience: Patience,
): Promise<void> {
  const { canary: version } = order.rules;
  const expected = { expectedStable: order.expectedStable ?? alias.stableVersion };
  const [first] = heldSteps({ ...order.rules, stable: alias.stableVersion, deadline: 0 });
  const request: ShiftRequest = first
    ? { kind: 'weigh', version, weight: first.weight, ...expected }
    : { kind: 'complete', version, ...expected };
  const { functionName, alias: name } = order.watch;
  await shift({ functionName, alias: name, request, dryRun: true, onIntent: () => {} }, ports, patience);
}

/** Whether it is one of a dead job, and the alias carries nothing of it any more: somebody has undone it since. */
export function leftBehind(
  stored: StoredRollout,
  { stableVersion, canary }: Alias,
  { holder }: RolloutOrder,
  now: number,
): boolean {
  const version = stored.rollout.state.rules.canary;
  const dead = stored.driver === 'job' && !heldByOther(stored, holder.owner, now);
  return dead && stableVersion !== version && canary?.version !== version;
}

/** A rollout of another version, or one that another run drives, is not this one's to go on with. */
export function refuseForeign(running: StoredRollout, order: RolloutOrder, now: number, place: string): void {
  const { rules } = running.rollout.state;
  const what = `nothing was rolled out to \`${order.watch.functionName}:${order.watch.alias}\``;
  if (rules.canary !== order.rules.canary) {
    throw new OutsideError({
      what,
      why: `a rollout of version ${rules.canary}, begun by ${running.run}, is under way (\`${running.id}\` in ${place})`,
      remedy: `Let it end, or undo it with advance-rollouts \`undo: ${running.id}\``,
    });
  }
  if (!heldByOther(running, order.holder.owner, now)) return;
  throw new OutsideError({
    what,
    why: `${running.lease?.owner} is driving the same rollout`,
    remedy: `Let it end; where that run is dead, run this step again after ${formatInstant(running.lease?.until ?? now)}`,
  });
}

/** Why the rollout may not begin now, with what would let it. */
export function doesNotFit(rollout: Rollout, order: RolloutOrder, now: number): string | undefined {
  return exceedsLimit(rollout, order) ?? missesWindow(rollout, order, now);
}

/** A plan that cannot end in time would be undone half-way, with the canary's requests served for nothing. */
function exceedsLimit({ state, watch }: Rollout, { rules, timeLimit }: RolloutOrder): string | undefined {
  const required = expectedTime(state.rules, watch);
  if (rules.early || required <= timeLimit) return undefined;
  return `The plan \`${printPlan(rules.plan)}\` takes at least ${formatDuration(required)} with its warm-up and the settling of its numbers, and \`time-limit\` leaves it ${formatDuration(timeLimit)}. Give it longer, a shorter plan, or \`driver: schedule\`.`;
}

/** Why the calendar does not let it begin now, with the next time it does. */
function missesWindow(
  { calendar, state, watch }: Rollout,
  { rules }: RolloutOrder,
  now: number,
): string | undefined {
  if (!calendar) return undefined;
  const required = rules.onClose === 'hold' ? 0 : expectedTime(state.rules, watch);
  const window = windowState(calendar, now);
  const fit = nextFit(calendar, now, required);
  if (window.open && fit === now) return undefined;
  const short = window.open ? ` The rollout needs ${formatDuration(required)}.` : '';
  const again =
    fit === undefined
      ? 'No time long enough is in sight.'
      : `Dispatch it again at ${localTime(fit, calendar.timeZone)} (${formatInstant(fit)}), ${until(fit, now)}.`;
  return `${window.reason}${short} ${again}`;
}
