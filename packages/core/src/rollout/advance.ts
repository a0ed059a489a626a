import type { Log } from '../action/index.ts';
import type { CanaryReport } from '../analysis/index.ts';
import { OutsideError } from '../errors/index.ts';
import type { Patience } from '../lambda/index.ts';
import { type DrivePorts, driveOn, type Rollout } from './drive.ts';
import { type Holder, heldByOther, letGo, takeOver } from './keeper.ts';
import { finishedBySchedule } from './limit.ts';
import { overtakeFirstWeight } from './overtake.ts';
import type { ShiftPorts } from './shift.ts';
import { type Outcome, weightOf } from './state.ts';
import { memberParts, type RolloutStore, type StoredRollout } from './store.ts';
import { lambdaTarget } from './target.ts';
import { tellOutcome } from './tell.ts';

export interface AdvancePorts extends DrivePorts, ShiftPorts {
  readonly store: RolloutStore;
  /** Tells those who keep a log of a rollout that has ended here. Asked again, for the same one, where it failed. */
  ended?(stored: StoredRollout): Promise<void>;
}

export interface AdvanceOrder {
  readonly holder: Holder;
  /** Only rollouts of this environment; absent: all of the table. */
  readonly environment?: string | undefined;
  /** Rollouts (by their key, or the name of their function) that are undone instead of advanced. */
  readonly undo: readonly string[];
  /** What becomes of a rollout whose job died: it is taken back, or goes on as one by schedule does. */
  readonly whenJobDied: 'undo' | 'finish';
  readonly dryRun: boolean;
}

/** What became of one rollout in this call. */
export interface Advanced {
  readonly id: string;
  readonly functionName: string;
  readonly alias: string;
  /** `advanced`: it rose. `waiting`: its weight stayed. `busy`: another run drives it. `stuck`: it could not be driven. */
  readonly became: Outcome | 'advanced' | 'waiting' | 'busy' | 'stuck';
  /** In percent; undefined where it is not known. */
  readonly weight?: number;
  readonly told: string;
  readonly rollout?: Rollout;
  readonly seen?: CanaryReport;
}

/**
 * Takes one step of every rollout that is kept in the table and that nobody drives now: those begun by schedule go on;
 * those whose job died are undone, unless they are to be finished. One that cannot be driven does not keep the others waiting.
 */
export async function advanceRollouts(
  order: AdvanceOrder,
  ports: AdvancePorts,
  patience: Patience & { readonly log: Pick<Log, 'info' | 'warning'> },
): Promise<readonly Advanced[]> {
  const all: Advanced[] = [];
  for (const member of [...(await ports.store.running())].sort()) {
    if (patience.signal?.aborted) break;
    const done = await advanceMember(member, order, ports, patience);
    if (!done) continue;
    patience.log.info(done.told);
    all.push(done);
  }
  if (all.length === 0 && !patience.signal?.aborted) patience.log.info('No rollout is under way.');
  const unknown = order.undo.filter(
    (one) => !all.some(({ id, functionName }) => [id, functionName].includes(one)),
  );
  const known = all.map(({ id }) => `\`${id}\``).join(', ') || 'none';
  for (const name of unknown)
    patience.log.warning(
      `Nothing was undone for \`${name}\`: no rollout of that key or function is under way. Under way when this began: ${known}.`,
    );
  return all;
}

async function advanceMember(
  member: string,
  order: AdvanceOrder,
  ports: AdvancePorts,
  patience: Patience,
): Promise<Advanced | undefined> {
  try {
    const stored = await current(member, ports, order.dryRun);
    return stored && concerns(stored, order) ? await advanceOne(stored, order, ports, patience) : undefined;
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    const [, , , functionName = '', alias = ''] = (memberParts(member)?.id ?? '')
      .split('#')
      .map(decodeURIComponent);
    return {
      id: memberParts(member)?.id ?? member,
      functionName,
      alias,
      became: 'stuck',
      told: error.message,
    };
  }
}

/** The rollout that a member of the list stands for; what has ended or never began is taken from the list. */
async function current(
  member: string,
  { store, ended }: AdvancePorts,
  dryRun: boolean,
): Promise<StoredRollout | undefined> {
  const parts = memberParts(member);
  const stored = parts && (await store.find(parts.id));
  if (stored && stored.generation === parts.generation && stored.status === 'running') return stored;
  // Whoever ended it died before it left the list.
  if (stored && stored.generation === parts.generation && !dryRun) await ended?.(stored);
  const mayBegin = parts && (stored?.generation ?? 0) < parts.generation;
  if (!mayBegin && !dryRun) await store.delist(member);
  return undefined;
}

function concerns({ rollout }: StoredRollout, { environment }: AdvanceOrder): boolean {
  return environment === undefined || rollout.watch.subject.environment === environment;
}

async function advanceOne(
  stored: StoredRollout,
  order: AdvanceOrder,
  ports: AdvancePorts,
  patience: Patience,
): Promise<Advanced> {
  const { id } = stored;
  const finishes = stored.driver === 'job' && order.whenJobDied === 'finish';
  const rollout = finishes ? finishedBySchedule(stored) : stored.rollout;
  const { functionName, alias } = rollout.watch;
  const { rules } = rollout.state;
  const name = `\`${functionName}:${alias}\``;
  const weight = weightOf(rollout.state);
  const unmoved = { id, functionName, alias, weight, rollout };
  const { clock, log } = patience;
  if (heldByOther(stored, order.holder.owner, clock.now()))
    return { ...unmoved, became: 'busy', told: `${name}: ${stored.lease?.owner} is driving it.` };
  const cancelled = whyCancelled(stored, order);
  if (order.dryRun) {
    const would = cancelled ? `would be undone: ${cancelled}` : `would be looked at, at ${weight}%.`;
    return { ...unmoved, became: 'waiting', told: `Dry run: ${name} ${would}` };
  }
  const keeper = await takeOver(ports.store, stored, stored.version, order.holder, clock);
  if (!keeper) return { ...unmoved, became: 'busy', told: `${name}: another run took it a moment ago.` };
  const place = { functionName, alias, stable: rules.stable, canary: rules.canary };
  let told = true;
  try {
    await overtakeFirstWeight(stored, ports.aliases);
    const rest = await driveOn(rollout, {
      target: lambdaTarget(place, ports, patience, keeper),
      ports,
      say: (line) => log.info(`  ${line}`),
      cancelled: () => cancelled,
      keep: keeper.keep,
    });
    const after = { ...unmoved, rollout: rest.rollout, weight: weightOf(rest.rollout.state) };
    const seen = rest.look ? { seen: rest.look.report } : {};
    if (rest.order.kind === 'end') {
      const { outcome } = rest.order;
      told = false;
      await ports.ended?.(keeper.stored);
      told = true;
      return {
        ...after,
        ...seen,
        became: outcome,
        told: `${name}: ${tellOutcome(rest.rollout.state, outcome)}`,
      };
    }
    const became = after.weight > weight ? 'advanced' : 'waiting';
    const verb = became === 'advanced' ? 'rose to' : 'stays at';
    return { ...after, ...seen, became, told: `${name}: version ${rules.canary} ${verb} ${after.weight}%.` };
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    return { ...unmoved, rollout: keeper.stored.rollout, became: 'stuck', told: `${name}: ${error.message}` };
  } finally {
    // It stays in the list until its end is told, so that whoever comes next tells it.
    if (told) await letGo(keeper, log.info);
  }
}

/** What a job began and died with is undone, by default; what was begun by schedule goes on, unless it is to be undone. */
function whyCancelled(
  { id, rollout, driver, run }: StoredRollout,
  { undo, whenJobDied }: AdvanceOrder,
): string | undefined {
  const { functionName } = rollout.watch;
  if (undo.some((one) => one === id || one === functionName)) return 'It was asked to be undone.';
  const dead = driver === 'job' && whenJobDied === 'undo';
  return dead
    ? `The run that drove it ended before it did: ${run}. What else it may have brought, such as configuration and flags, is there still: run its failed jobs again.`
    : undefined;
}
