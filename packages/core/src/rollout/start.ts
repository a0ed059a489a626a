import { alarmsAtStart, type CanaryReport } from '../analysis/index.ts';
import { formatDuration, formatInstant } from '../clock/index.ts';
import { OutsideError } from '../errors/index.ts';
import { type Alias, aliasMissing, type Patience, versionMissing } from '../lambda/index.ts';
import { doesNotFit, leftBehind, refuseForeign, refuseImpossible } from './admission.ts';
import type { Driver, Rest, Rollout } from './drive.ts';
import { driveOn } from './drive.ts';
import { type Keeper, letGo, takeOver } from './keeper.ts';
import { goneOnWith } from './limit.ts';
import type { RolloutOrder, RolloutPorts } from './order.ts';
import { overtakeFirstWeight } from './overtake.ts';
import { printPlan } from './rollout-plan.ts';
import { begun, type Outcome, type Rules } from './state.ts';
import { memberOf, rolloutId, type StoredRollout } from './store.ts';
import { lambdaTarget } from './target.ts';
import { tellOutcome } from './tell.ts';
import { expectedTime } from './watch.ts';

export interface RolloutAnswer {
  /** `scheduled`: it goes on by schedule. `unchanged`: the version is stable already. `planned`: a dry run. */
  readonly outcome: Outcome | 'scheduled' | 'unchanged' | 'planned';
  readonly sentence: string;
  /** The version that is stable now; empty where someone else decides that. */
  readonly stable: string;
  readonly rollout?: Rollout;
  readonly seen?: CanaryReport;
  readonly id?: string;
}

const minute = 60_000;
/** Credentials of configure-aws-credentials last an hour unless they are asked to last longer. */
const usualSession = 50 * minute;
/** The least time after which CloudWatch's numbers are taken as settled. */
const settling = 2 * minute;

/**
 * Rolls a version out, from its first weight to all requests or back to none. As a job it stays until the end; by
 * schedule it takes the first step and leaves the others to whoever comes by (`advanceRollouts`).
 */
export async function rollOut(
  order: RolloutOrder,
  ports: RolloutPorts,
  patience: Patience,
): Promise<RolloutAnswer> {
  const say = patience.log.info;
  const { functionName, alias: aliasName } = order.watch;
  const { canary } = order.rules;
  const alias = await readAlias(order, ports);
  const now = patience.clock.now();
  if (alias.stableVersion === canary && !alias.canary) {
    const sentence = `\`${functionName}:${aliasName}\` sends all requests to version ${canary} already.`;
    return { outcome: 'unchanged', sentence, stable: canary };
  }
  const fresh = await newRollout(order, alias, ports, now, say);
  const found = ports.store && (await ports.store.find(idOf(order)));
  const running = found?.status === 'running' && !leftBehind(found, alias, order, now) ? found : undefined;
  if (running) refuseForeign(running, order, now, ports.store?.place ?? '');
  else await refuseImpossible(order, alias, ports, patience);
  tellPlan(fresh, order, now, say);
  const shut = running || fresh.state.initial > 0 ? undefined : doesNotFit(fresh, order, now);
  if (shut) {
    const state = { ...fresh.state, outcome: 'refused' as const, reasons: [shut] };
    return { outcome: 'refused', sentence: shut, stable: alias.stableVersion, rollout: { ...fresh, state } };
  }
  if (order.dryRun) {
    const sentence = `Dry run: version ${canary} would be rolled out by \`${printPlan(fresh.state.rules.plan)}\`; nothing was changed.`;
    return { outcome: 'planned', sentence, stable: alias.stableVersion, rollout: fresh };
  }

  if (running)
    say(`An earlier run (${running.run}) left this rollout at ${formatInstant(now)}; it goes on from there.`);
  const rollout = running ? goneOnWith(running, order, now) : fresh;
  const taken = running ? { ...running, rollout } : newStored(order, fresh, found, now);
  const keeper = await keeperOf(order, taken, found?.version, ports, patience);
  if (keeper) await overtakeFirstWeight(found, ports.aliases);
  const { stable } = rollout.state.rules;
  if (order.driver === 'job')
    order.onIntent({ functionName, alias: aliasName, stable, version: canary, completes: true });
  const driver: Driver = {
    target: lambdaTarget({ functionName, alias: aliasName, stable, canary }, ports, patience, keeper),
    ports,
    say,
    cancelled: () => (patience.signal?.aborted ? 'The run was cancelled.' : undefined),
    keep: keeper ? (kept) => keeper.keep(kept) : async () => {},
  };
  const rest = await (order.driver === 'job'
    ? driveToEnd(rollout, driver, ports.lock, patience)
    : driveOn(rollout, driver));
  if (keeper) await letGo(keeper, say);
  return answerOf(rest, keeper?.stored.id);
}

async function readAlias({ watch }: RolloutOrder, ports: RolloutPorts): Promise<Alias> {
  const alias = await ports.aliases.find(watch.functionName, watch.alias);
  if (!alias) throw aliasMissing(watch.functionName, watch.alias, 'nothing could be rolled out');
  return alias;
}

async function newRollout(
  order: RolloutOrder,
  alias: Alias,
  ports: RolloutPorts,
  now: number,
  say: (line: string) => void,
): Promise<Rollout> {
  const { watch, rules } = order;
  const version = await ports.functions.describe(watch.functionName, rules.canary);
  if (!version) throw versionMissing(watch.functionName, rules.canary, 'nothing could be rolled out');
  const ringing = await alarmsAtStart(watch, ports, say);
  const initial = alias.canary?.version === rules.canary ? alias.canary.weight : 0;
  const whole: Rules = { ...rules, stable: alias.stableVersion, deadline: now + order.timeLimit };
  return {
    state: begun(whole, initial, now),
    watch: { ...watch, lag: Math.max(settling, version.timeout) },
    hooks: order.hooks,
    ...(order.calendar ? { calendar: order.calendar } : {}),
    looks: 0,
    ringing: [...ringing],
  };
}

function tellPlan(
  { state, watch }: Rollout,
  order: RolloutOrder,
  now: number,
  say: (line: string) => void,
): void {
  const { rules } = state;
  const time = expectedTime(rules, watch);
  const ends =
    time === 0 ? '' : `; at the earliest done at ${formatInstant(now + time)} (in ${formatDuration(time)})`;
  say(
    `\`${watch.functionName}:${watch.alias}\` goes from version ${rules.stable} to ${rules.canary} by \`${printPlan(rules.plan)}\`, judged by \`${watch.judge}\`${rules.early ? ', earlier where the evidence suffices' : ''}${ends}.`,
  );
  if (state.initial > 0)
    say(`Version ${rules.canary} carries ${state.initial}% already, from an attempt that did not end.`);
  if (order.driver === 'job' && time > usualSession)
    say(
      'The credentials of this job must last as long (`role-duration-seconds`); `driver: schedule` needs none that do.',
    );
  if (order.driver === 'schedule') say('After its first step it goes on by schedule, with advance-rollouts.');
}

function idOf({ watch }: RolloutOrder): string {
  return rolloutId({ ...watch.subject, functionName: watch.functionName, alias: watch.alias });
}

function newStored(
  order: RolloutOrder,
  rollout: Rollout,
  former: StoredRollout | undefined,
  now: number,
): StoredRollout {
  return {
    id: idOf(order),
    version: former?.version ?? 0,
    fence: former?.fence ?? 0,
    generation: (former?.generation ?? 0) + 1,
    status: 'running',
    driver: order.driver,
    run: order.run,
    startedAt: formatInstant(now),
    updatedAt: formatInstant(now),
    rollout,
  };
}

async function keeperOf(
  order: RolloutOrder,
  stored: StoredRollout,
  expected: number | undefined,
  { store }: RolloutPorts,
  { clock }: Patience,
): Promise<Keeper | undefined> {
  if (!store) return undefined;
  await store.enlist(memberOf(stored));
  const mine = { ...stored, driver: order.driver, run: order.run };
  const keeper = await takeOver(store, mine, expected, order.holder, clock);
  if (keeper) return keeper;
  throw new OutsideError({
    what: `nothing was rolled out to \`${order.watch.functionName}:${order.watch.alias}\``,
    why: `another run began a rollout of it at the same moment (\`${stored.id}\` in ${store.place})`,
    remedy: 'Let it end, then run the step again',
  });
}

/** Drives until the end, and keeps the lock meanwhile; that it could not be kept is said, and asked at the next change. */
async function driveToEnd(
  start: Rollout,
  driver: Driver,
  lock: RolloutPorts['lock'],
  { clock, signal }: Patience,
): Promise<Rest> {
  let rest = await driveOn(start, driver);
  let { look } = rest;
  while (rest.order.kind === 'wait') {
    await lock?.keepAlive().catch((error) => {
      if (!(error instanceof OutsideError)) throw error;
      driver.say(error.message);
    });
    const pause = rest.order.until - clock.now();
    await clock.sleep(Math.max(0, pause), signal).catch((error) => {
      if (!signal?.aborted) throw error;
    });
    rest = await driveOn(rest.rollout, driver);
    look = rest.look ?? look;
  }
  return look ? { ...rest, look } : rest;
}

function answerOf({ rollout, order, look }: Rest, id: string | undefined): RolloutAnswer {
  const { rules } = rollout.state;
  const rest = { rollout, ...(look ? { seen: look.report } : {}), ...(id === undefined ? {} : { id }) };
  if (order.kind === 'wait') {
    const sentence = `Version ${rules.canary} has ${rollout.state.history.at(-1)?.weight}% of the requests; the rollout goes on by schedule.`;
    return { outcome: 'scheduled', sentence, stable: rules.stable, ...rest };
  }
  const { outcome } = order;
  const stable = { completed: rules.canary, undone: rules.stable, refused: rules.stable, superseded: '' }[
    outcome
  ];
  return { outcome, sentence: tellOutcome(rollout.state, outcome), stable, ...rest };
}
