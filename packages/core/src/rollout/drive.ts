import { OutsideError } from '../errors/index.ts';
import { type Calendar, windowState } from '../window/index.ts';
import { askHook, type HookPorts, type HookQuestion, hookOf } from './hook.ts';
import { LostRollout, UnansweredHold } from './lost.ts';
import { next } from './machine.ts';
import {
  type Answer,
  heldSteps,
  type Observation,
  type Order,
  type RolloutState,
  weightOf,
} from './state.ts';
import type { TrafficTarget } from './target.ts';
import { lookAt, type RolloutLook, type Watch, type WatchPorts } from './watch.ts';

/** A rollout with all that is needed to take its next step. Plain data: it outlives the process that drives it. */
export interface Rollout {
  readonly state: RolloutState;
  readonly watch: Watch;
  readonly hooks: { readonly before?: string; readonly after?: string };
  /** When changes are allowed; absent: at any time. */
  readonly calendar?: Calendar;
  /** Looks so far. */
  readonly looks: number;
  /** Alarms that ring since before the rollout. */
  readonly ringing: readonly string[];
}

export type DrivePorts = WatchPorts & HookPorts;

/** The rollout's way into the world. */
export interface Driver {
  readonly target: TrafficTarget;
  readonly ports: DrivePorts;
  readonly say: (line: string) => void;
  /** Why the rollout is to end at once; undefined while it may go on. */
  readonly cancelled: () => string | undefined;
  /**
   * Keeps the rollout as it is now, before every order: what is not kept does not rise. Throws `LostRollout` when it is
   * no longer this process's to drive.
   */
  readonly keep: (rollout: Rollout) => Promise<void>;
}

/** Where a drive came to a rest. */
export interface Rest {
  readonly rollout: Rollout;
  readonly order: Extract<Order, { kind: 'wait' | 'end' }>;
  /** The last look of this drive. */
  readonly look?: RolloutLook;
}

/** What an order left for the next observation. */
interface Aftermath {
  readonly answers?: { readonly before?: Answer; readonly after?: Answer };
  readonly blind?: string;
  readonly failed?: string;
}

/** More orders in a row than this are carried out by a target that does not become what it was told. */
const mostOrders = 8;

/**
 * Observes, asks the machine and carries out its orders until there is nothing to do but to wait, or the end. At most one
 * rise is made, because a weight that was just given has nothing to be judged by.
 * @throws OutsideError when the canary cannot be taken out, or the rollout is no longer this process's.
 */
export async function driveOn(start: Rollout, driver: Driver): Promise<Rest> {
  let rollout = start;
  let last: RolloutLook | undefined;
  let aftermath: Aftermath = {};
  for (let orders = 0; orders <= mostOrders; ) {
    const { seen, look } = await observe(rollout, driver, aftermath);
    if (look) {
      last = look;
      rollout = { ...rollout, looks: look.look.number, ringing: look.ringing };
    }
    const { state, order } = next(rollout.state, seen, driver.ports.clock.now());
    const justArrived = state.step !== rollout.state.step;
    rollout = { ...rollout, state };
    narrate(rollout, seen, look, driver.say);
    aftermath = {};
    if (order.kind === 'wait' && justArrived) continue;
    const kept = await sighted(() => driver.keep(rollout));
    if ('blind' in kept) driver.say(kept.blind);
    if (order.kind === 'wait' || order.kind === 'end')
      return { rollout, order, ...(last ? { look: last } : {}) };
    orders += 1;
    const unsafe = 'blind' in kept && order.kind !== 'undo';
    aftermath = unsafe ? { blind: kept.blind } : await carryOut(order, rollout, driver);
  }
  throw new OutsideError({
    what: `${driver.target.name} does not become what it is told`,
    why: `${mostOrders} orders in a row did not show in what it reads`,
    remedy: 'Look for another promotion that moves it (CloudTrail, UpdateAlias), then run rollback for it',
  });
}

async function observe(
  rollout: Rollout,
  driver: Driver,
  { answers, blind, failed }: Aftermath,
): Promise<{ seen: Observation; look?: RolloutLook }> {
  const { state, calendar } = rollout;
  const now = driver.ports.clock.now();
  const window = calendar && windowState(calendar, now);
  const cancelled = driver.cancelled() ?? failed;
  const known = {
    ...(window ? { window: { open: window.open, told: window.reason } } : {}),
    ...(cancelled === undefined ? {} : { cancelled }),
    ...(answers ? { answers } : {}),
  };
  const traffic = await sighted(() => driver.target.read());
  if ('blind' in traffic) return { seen: { ...known, blind: traffic.blind } };
  const seen: Observation = { ...known, traffic: traffic.value, ...(blind === undefined ? {} : { blind }) };
  const step = heldSteps(state.rules)[state.step];
  const watching = step && step.bake > 0 && traffic.value.canary?.weight === step.weight;
  if (!watching || state.undoing || cancelled !== undefined) return { seen };
  const look = await sighted(() => lookAt(state, rollout.watch, rollout, driver.ports));
  if ('blind' in look) return { seen: { ...seen, blind: look.blind } };
  const { verdict, reasons } = look.value.look.judgement;
  return { seen: { ...seen, verdict, reasons }, look: look.value };
}

/** What the outside world shows, or why it does not. */
async function sighted<T>(look: () => Promise<T>): Promise<{ value: T } | { blind: string }> {
  try {
    return { value: await look() };
  } catch (error) {
    if (!(error instanceof OutsideError) || error instanceof LostRollout) throw error;
    return { blind: error.message };
  }
}

async function carryOut(
  order: Exclude<Order, { kind: 'wait' | 'end' }>,
  rollout: Rollout,
  { target, ports, say }: Driver,
): Promise<Aftermath> {
  if (order.kind === 'undo') {
    say(await target.undo());
    return {};
  }
  try {
    if (order.kind === 'ask')
      return { answers: { [order.hook]: await ask(order.hook, rollout, ports, say) } };
    say(await (order.kind === 'weigh' ? target.setWeight(order.weight) : target.complete()));
    return {};
  } catch (error) {
    if (!(error instanceof OutsideError) || error instanceof LostRollout) throw error;
    say(error.message);
    const untried = order.kind === 'ask' || error instanceof UnansweredHold;
    return untried ? { blind: error.message } : { failed: error.message };
  }
}

async function ask(
  which: 'before' | 'after',
  { hooks, watch, state }: Rollout,
  ports: HookPorts,
  say: (line: string) => void,
): Promise<Answer> {
  const hook = hooks[which];
  if (hook === undefined) return { yes: true, why: 'there is nobody to ask.' };
  const { environment, service } = watch.subject;
  const question: HookQuestion = {
    hook: `${which}-traffic`,
    function: watch.functionName,
    alias: watch.alias,
    stable: state.rules.stable,
    canary: state.rules.canary,
    ...(environment === undefined ? {} : { environment }),
    ...(service === undefined ? {} : { service }),
  };
  const answer = await askHook(hookOf(hook), question, ports);
  say(`The hook ${which} traffic said ${answer.yes ? 'yes' : 'no'}: ${answer.why}`);
  return answer;
}

function narrate(
  { state }: Rollout,
  seen: Observation,
  look: RolloutLook | undefined,
  say: (line: string) => void,
): void {
  const steps = heldSteps(state.rules);
  const nothingNew =
    look && look.look.minutes.length === 0 && look.look.number > 1 && seen.verdict === 'continue';
  if (look && !nothingNew)
    say(`${weightOf(state)}%, step ${state.step + 1} of ${steps.length}, ${look.line}`);
  if (seen.blind !== undefined) say(`Nothing could be seen (${state.blind} in a row): ${seen.blind}`);
  const keeps = state.step >= 0 && !state.undoing && !state.outcome && seen.window && !seen.window.open;
  if (keeps && state.rules.onClose === 'hold')
    say(`Version ${state.rules.canary} keeps ${weightOf(state)}%. ${seen.window?.told}`);
  const { outcome, reasons, undoing } = state;
  if (undoing && !outcome && !seen.blind) say(`The rollout is undone: ${reasons.join(' ')}`);
}
