import {
  type CanaryPorts,
  type CanaryQuestion,
  type CanaryReport,
  type JudgeLimits,
  type JudgeName,
  judgeNamed,
  type Look,
  progress,
  reportOf,
  type Schedule,
  takeLook,
} from '../analysis/index.ts';
import type { Subject } from '../gate/index.ts';
import type { WatchedMetric } from '../metrics/index.ts';
import { heldSteps, type RolloutState } from './state.ts';

/** How a rollout's canary is watched and judged. Plain data. */
export interface Watch {
  readonly functionName: string;
  readonly alias: string;
  readonly subject: Subject;
  readonly judge: JudgeName;
  readonly limits: Omit<JudgeLimits, 'window'>;
  /** The beginning of the canary's life that is not counted, in milliseconds. */
  readonly warmup: number;
  /** How long after a minute's end CloudWatch's numbers of it are taken as settled, in milliseconds. */
  readonly lag: number;
  readonly alarms: readonly string[];
  readonly watched: readonly WatchedMetric[];
  readonly healthPayload?: string;
}

/** What a look found, with its words. */
export interface RolloutLook {
  readonly look: Look;
  readonly line: string;
  readonly report: CanaryReport;
  /** The alarms that still ring from before the rollout. */
  readonly ringing: readonly string[];
}

export type WatchPorts = Pick<CanaryPorts, 'clock' | 'metrics' | 'alarms' | 'invoker'>;

const minute = 60_000;
const wholeMinutes = (at: number) => Math.ceil(at / minute) * minute;

/**
 * Judges have their own idea of what belongs to a step. These compare the versions over the whole rollout, whatever the
 * weights were: evidence is never thrown away, and the chance of a false rollback holds for the rollout as a whole. The
 * others hold the minutes of the step's own weight against fixed limits.
 */
const judgesOfAll: ReadonlySet<JudgeName> = new Set(['sequential', 'kayenta']);

/** The minutes that are counted: from the end of the warm-up on, and those of the step in force. Epoch milliseconds. */
function countedFrom(state: RolloutState, watch: Pick<Watch, 'warmup'>): { all: number; step: number } {
  const firstRequests = state.history[1]?.at ?? state.since;
  const all = wholeMinutes(firstRequests) + wholeMinutes(watch.warmup);
  return { all, step: Math.max(all, wholeMinutes(state.since)) };
}

/**
 * How long a step is held at the least, in milliseconds: its bake counts whole minutes, the first after the warm-up, and
 * the last must settle.
 */
function heldFor(bake: number, watch: Pick<Watch, 'lag'>): number {
  return bake === 0 ? 0 : wholeMinutes(bake) + minute + watch.lag;
}

/** The time a rollout takes when nothing holds it up, in milliseconds. */
export function expectedTime(
  rules: Parameters<typeof heldSteps>[0],
  watch: Pick<Watch, 'lag' | 'warmup'>,
): number {
  const held = heldSteps(rules).reduce((sum, { bake }) => sum + heldFor(bake, watch), 0);
  return held === 0 ? 0 : held + wholeMinutes(watch.warmup);
}

/** Looks at the canary of the step in force, and judges everything that has settled. */
export async function lookAt(
  state: RolloutState,
  watch: Watch,
  memory: { readonly looks: number; readonly ringing: readonly string[] },
  ports: WatchPorts,
): Promise<RolloutLook> {
  const { rules } = state;
  const step = heldSteps(rules)[state.step];
  const from = countedFrom(state, watch);
  const window = Math.max(1, Math.ceil((step?.bake ?? 0) / minute));
  const before = (from.step - from.all) / minute;
  const limits = { ...watch.limits, window: judgesOfAll.has(watch.judge) ? before + window : window };
  const judge = judgeNamed(watch.judge, limits);
  const question: CanaryQuestion = {
    functionName: watch.functionName,
    alias: watch.alias,
    subject: watch.subject,
    judgeName: watch.judge,
    judge: judgesOfAll.has(watch.judge)
      ? judge
      : (minutes) => judge(minutes.filter(({ at }) => at >= from.step)),
    objective: watch.limits.maxP95,
    window: limits.window,
    maxWindow: Number.POSITIVE_INFINITY,
    interval: rules.pause,
    warmup: watch.warmup,
    alarms: watch.alarms,
    watched: watch.watched,
    ...(watch.healthPayload === undefined ? {} : { healthPayload: watch.healthPayload }),
  };
  const schedule: Schedule = {
    startedAt: state.history[1]?.at ?? state.since,
    warm: false,
    from: from.all,
    until: from.step + window * minute,
    lag: watch.lag,
    ...(step?.weight === 100 ? { aloneFrom: from.step } : {}),
  };
  const arms = {
    functionName: watch.functionName,
    alias: watch.alias,
    canary: rules.canary,
    baseline: rules.stable,
  };
  const ringing = new Set(memory.ringing);
  const look = await takeLook(memory.looks + 1, question, ports, arms, schedule, ringing);
  return {
    look,
    line: progress(look, question, schedule),
    report: reportOf(look, question, arms, schedule),
    ringing: [...ringing],
  };
}
