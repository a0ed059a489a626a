import { formatDuration, formatInstant } from '../clock/index.ts';
import {
  heldSteps,
  type Observation,
  type Order,
  type Outcome,
  type RolloutState,
  type Split,
} from './state.ts';

export interface Decision {
  readonly state: RolloutState;
  readonly order: Order;
}

/** Looks in a row without sight of the canary before it is taken out. */
const blindLooks = 3;

/**
 * What a rollout does next. Pure and total: every driver asks it, with what it saw, until the order is `end`.
 *
 * A state changes its step only when the target reads the step's weight, so that a process may die before, during or
 * after an order: whoever comes next observes, and is given the order that is still due. Rising anew after a death needs
 * what rising needed before: the verdict, the window, the hook's answer. Once `undoing`, a rollout never rises again.
 */
export function next(state: RolloutState, seen: Observation, now: number): Decision {
  const { outcome } = state;
  if (outcome) return { state, order: { kind: 'end', outcome } };
  const place = seen.traffic && placeIn(state, seen.traffic);
  if (place?.whose === 'foreign') return end(state, 'superseded', now, [place.told], undefined);
  if (place?.whose === 'stable' && !state.undoing) return afterCompletion(state, now);
  const weight = place?.whose === 'canary' ? place.weight : undefined;
  if (state.undoing && place?.whose === 'stable' && place.shared)
    return end(state, 'superseded', now, [anotherRollout(state)], undefined);
  if (state.undoing)
    return place?.whose === 'canary' && weight === 0 ? end(state, 'undone', now, [], 0) : undo(state);

  const arrived = weight === undefined ? state : arrive(state, weight, now);
  if (!arrived) return stop(state, weight, now, [meddled(state, weight ?? 0)]);
  const reasons = reasonsToStop(arrived, seen, now);
  if (reasons) return stop(arrived, weight, now, reasons);
  if (weight === undefined || seen.blind !== undefined)
    return lookAgain({ ...arrived, blind: arrived.blind + 1 }, now);
  return arrived.step < 0 ? start(arrived, seen, weight, now) : bake(arrived, seen, weight, now);
}

type Place =
  | { readonly whose: 'canary'; readonly weight: number }
  /** `shared` with a third version: the next rollout has begun. */
  | { readonly whose: 'stable'; readonly shared: boolean }
  | { readonly whose: 'foreign'; readonly told: string };

/** Whose traffic it is: the rollout's own at a weight, the canary's as the new stable version, or somebody else's. */
function placeIn({ rules }: RolloutState, { stable, canary }: Split): Place {
  const beyond = (version: string) => canary && canary.weight > 0 && canary.version !== version;
  if (stable === rules.canary) return { whose: 'stable', shared: beyond(rules.stable) === true };
  const other = beyond(rules.canary);
  if (stable === rules.stable && !other)
    return { whose: 'canary', weight: canary?.version === rules.canary ? canary.weight : 0 };
  const beside = canary ? ` with ${canary.weight}% on version ${canary.version}` : '';
  const told = `Someone else sent the requests to version ${stable}${beside}, which this rollout (${rules.stable} to ${rules.canary}) leaves as it is.`;
  return { whose: 'foreign', told };
}

function afterCompletion(state: RolloutState, now: number): Decision {
  if (state.ordered === heldSteps(state.rules).length) return end(state, 'completed', now, [], 100);
  const told = `Someone else made version ${state.rules.canary} the stable version before its rollout was over.`;
  return end(state, 'superseded', now, [told], 100);
}

/** The state at the step whose weight is read; undefined where it is neither the one in force nor the one ordered. */
function arrive(state: RolloutState, weight: number, now: number): RolloutState | undefined {
  const steps = heldSteps(state.rules);
  const { ordered, step } = state;
  if (ordered > step && weight === steps[ordered]?.weight) {
    const { heldSince: _, ...rest } = state;
    return { ...rest, step: ordered, since: now, blind: 0, history: [...state.history, { at: now, weight }] };
  }
  return weight === (step < 0 ? state.initial : steps[step]?.weight) ? state : undefined;
}

function anotherRollout({ rules }: RolloutState): string {
  return `Someone else made version ${rules.canary} the stable version and began another rollout.`;
}

function meddled({ rules }: RolloutState, weight: number): string {
  return weight === 0
    ? `Someone else took version ${rules.canary} out of traffic.`
    : `Someone else gave version ${rules.canary} ${weight}% of the requests.`;
}

/** Why it must not go on, whatever else is seen. */
function reasonsToStop(state: RolloutState, seen: Observation, now: number): readonly string[] | undefined {
  const { rules, step } = state;
  if (seen.cancelled !== undefined) return [seen.cancelled];
  if (seen.verdict === 'rollback') return seen.reasons ?? [];
  if (now >= rules.deadline) return [`The rollout had not ended by ${formatInstant(rules.deadline)}.`];
  if (seen.blind !== undefined && state.blind + 1 >= blindLooks)
    return [`The canary could not be watched ${blindLooks} times in a row: ${seen.blind}`];
  const { window } = seen;
  if (window && !window.open && (step < 0 || rules.onClose === 'rollback')) return [window.told];
  const no = (['before', 'after'] as const).find((hook) => seen.answers?.[hook]?.yes === false);
  return no && [`The hook ${no} traffic said no: ${seen.answers?.[no]?.why ?? 'no reason given'}`];
}

function start(state: RolloutState, seen: Observation, weight: number, now: number): Decision {
  if (state.rules.hooks.before && !seen.answers?.before?.yes)
    return { state, order: { kind: 'ask', hook: 'before' } };
  return rise(state, seen, weight, now);
}

function bake(state: RolloutState, seen: Observation, weight: number, now: number): Decision {
  const { rules, step, since } = state;
  const steps = heldSteps(rules);
  const { bake: planned } = steps[step] ?? { bake: 0 };
  const over = now >= since + planned;
  const { verdict, reasons = [] } = seen;
  if (verdict === 'hold' && over && planned > 0 && rules.onHold !== 'pass') {
    const heldSince = state.heldSince ?? now;
    const waited = now - heldSince;
    if (rules.onHold === 'extend' && waited < rules.maxHold) return goOn({ ...state, heldSince }, now);
    const longer = waited > 0 ? ` It was given ${formatDuration(waited)} more.` : '';
    return stop(state, weight, now, [`${reasons.join(' ')}${longer}`.trim()]);
  }
  const accepted = verdict === 'hold' && over && rules.onHold === 'pass';
  const good = planned === 0 || accepted || (verdict === 'promote' && (over || rules.early));
  if (!good) return goOn(state, now);
  if (step === steps.length - 1 && rules.hooks.after && !seen.answers?.after?.yes)
    return { state, order: { kind: 'ask', hook: 'after' } };
  const note = accepted ? [`${weight}% was left without enough evidence. ${reasons.join(' ')}`] : [];
  return rise(state, seen, weight, now, note);
}

/** On to the next step, unless the window says to keep the weight. From 100% on nothing rises any more. */
function rise(
  state: RolloutState,
  seen: Observation,
  weight: number,
  now: number,
  note: readonly string[] = [],
): Decision {
  const { rules, step, ordered } = state;
  if (seen.window && !seen.window.open && rules.onClose !== 'finish' && weight < 100) return goOn(state, now);
  const to = heldSteps(rules)[step + 1];
  const order: Order = to ? { kind: 'weigh', weight: to.weight } : { kind: 'complete' };
  const notes = ordered === step ? [...state.notes, ...note] : state.notes;
  return { state: { ...state, ordered: step + 1, notes }, order };
}

/** Takes the canary out, or ends where it carries nothing. */
function stop(
  state: RolloutState,
  weight: number | undefined,
  now: number,
  reasons: readonly string[],
): Decision {
  const outcome = state.step < 0 && state.initial === 0 ? 'refused' : 'undone';
  if (weight === 0) return end(state, outcome, now, reasons, 0);
  return undo({ ...state, undoing: true, reasons });
}

function undo(state: RolloutState): Decision {
  return { state, order: { kind: 'undo' } };
}

function end(
  state: RolloutState,
  outcome: Outcome,
  now: number,
  reasons: readonly string[],
  weight: number | undefined,
): Decision {
  const moved = weight !== undefined && state.history.at(-1)?.weight !== weight;
  const history = moved ? [...state.history, { at: now, weight }] : state.history;
  const ended = { ...state, outcome, history, reasons: [...state.reasons, ...reasons] };
  return { state: ended, order: { kind: 'end', outcome } };
}

/** Nothing to do but to look again, having seen what there was to see. */
function goOn(state: RolloutState, now: number): Decision {
  return lookAgain({ ...state, blind: 0 }, now);
}

function lookAgain(state: RolloutState, now: number): Decision {
  const until = Math.min(now + state.rules.pause, Math.max(now, state.rules.deadline));
  return { state, order: { kind: 'wait', until } };
}
