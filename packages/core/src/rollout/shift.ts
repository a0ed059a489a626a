import { OutsideError } from '../errors/index.ts';
import {
  type Alias,
  type AliasChange,
  type AliasStore,
  aliasMissing,
  changedBefore,
  describeTraffic,
  type FunctionStore,
  type Patience,
  sameTraffic,
  untilTraffic,
  writeAlias,
} from '../lambda/index.ts';
import { planShift, type ShiftPlan, type ShiftRequest } from './plan.ts';
import { planUndo, type ShiftIntent } from './undo.ts';

export interface ShiftPorts {
  readonly aliases: Pick<AliasStore, 'find' | 'update'>;
  readonly functions: Pick<FunctionStore, 'describe' | 'hasProvisionedConcurrency'>;
}

export interface ShiftOrder {
  readonly functionName: string;
  readonly alias: string;
  readonly request: ShiftRequest;
  readonly dryRun: boolean;
  /** Called with what must be undone if the job fails later, before anything is changed. */
  readonly onIntent: (intent: ShiftIntent) => void;
}

export interface ShiftOutcome {
  readonly before: Alias;
  /** What the alias reads now; on a dry run, the same as before. */
  readonly after: Alias;
  readonly changed: boolean;
  /** What was done, or would be, in one sentence. */
  readonly sentence: string;
}

/** How often a change is planned anew because someone else touched the alias meanwhile. */
const plans = 5;

/**
 * Brings an alias to what is asked for: plans on what it reads, changes it by its revision, and reads until it is what
 * was written. Where someone else changed it meanwhile it plans again, provided it still sends requests where it did.
 * @throws OutsideError for every refusal, for a rollout moved by someone else, and where the alias does not become
 * what was written in time; it says what the alias reads then.
 */
export async function shift(order: ShiftOrder, ports: ShiftPorts, patience: Patience): Promise<ShiftOutcome> {
  const first = await readAlias(order, ports.aliases);
  let alias = first;
  for (let attempt = 1; attempt <= plans; attempt++) {
    const plan = await planOn(alias, order.request, ports);
    if (plan.kind === 'refuse') throw refused(order, first, alias, plan);
    const wanted = plan.kind === 'change' ? plan.change : plan.wanted;
    if (order.dryRun)
      return { before: first, after: alias, changed: false, sentence: foretell(order, alias, plan) };
    announce(order, alias, plan);
    if (plan.kind === 'nothing') {
      const after = await settle(order, wanted, ports.aliases, patience);
      const changed = !sameTraffic(first, after);
      return { before: first, after, changed, sentence: `${nameOf(order)}: ${plan.why}.` };
    }
    if (alias !== first && !stillHolds(order.request, first, alias))
      throw movedBySomeone(order, first, alias);
    const outcome = await writeAlias(alias, wanted, ports.aliases);
    if (outcome !== 'moved') {
      const after = await written(order, wanted, ports.aliases, patience);
      return { before: first, after, changed: true, sentence: told(order, first, after) };
    }
    const now = await changedBefore('perhaps the alias: the answer to an update may have been lost', () =>
      readAlias(order, ports.aliases),
    );
    if (sameTraffic(now, wanted))
      return { before: first, after: now, changed: true, sentence: told(order, first, now) };
    patience.log.info(
      `${nameOf(order)} was changed by someone else while this step was at it: ${describeTraffic(alias)} before, ${describeTraffic(now)} now. Planning again.`,
    );
    alias = now;
  }
  throw new OutsideError({
    what: `${nameOf(order)} was not changed`,
    why: `someone else changed it ${plans} times while this step was at it; it reads ${describeTraffic(alias)}`,
    remedy:
      'Stop the other promotion (a deployment-lock or a concurrency group keeps two apart), then run the step again',
  });
}

/**
 * Takes back what an earlier step did to an alias, as far as it is still there. Answers what it did, in one sentence.
 * @param because why, as the end of that sentence.
 */
export async function undoShift(
  intent: ShiftIntent,
  aliases: ShiftPorts['aliases'],
  patience: Patience,
  because = 'because the job did not succeed',
): Promise<string> {
  for (let attempt = 1; attempt <= plans; attempt++) {
    const alias = await readAlias(intent, aliases);
    const plan = planUndo(alias, intent);
    if (plan.kind === 'nothing') return `${nameOf(intent)} is left as it is: ${plan.why}.`;
    if ((await writeAlias(alias, plan.change, aliases)) === 'moved') continue;
    const after = await written(intent, plan.change, aliases, patience);
    return `${nameOf(intent)} was taken back from ${describeTraffic(alias)} to ${describeTraffic(after)}, ${because}.`;
  }
  throw new OutsideError({
    what: `${nameOf(intent)} could not be taken back to version ${intent.stable}`,
    why: `someone else changed it ${plans} times meanwhile`,
    remedy: 'Run rollback for this function',
  });
}

async function planOn(alias: Alias, request: ShiftRequest, ports: ShiftPorts): Promise<ShiftPlan> {
  const { functionName, name, stableVersion } = alias;
  if (request.kind === 'abort') {
    return planShift(alias, request, { stable: undefined, canary: undefined, provisionedConcurrency: false });
  }
  const [stable, canary, provisionedConcurrency] = await Promise.all([
    ports.functions.describe(functionName, stableVersion),
    ports.functions.describe(functionName, request.version),
    ports.functions.hasProvisionedConcurrency(functionName, name),
  ]);
  return planShift(alias, request, { stable, canary, provisionedConcurrency });
}

function announce(order: ShiftOrder, alias: Alias, plan: ShiftPlan): void {
  const { request } = order;
  if (request.kind === 'abort' || (request.kind === 'weigh' && request.weight === 0)) return;
  if (request.version === alias.stableVersion) return;
  if (plan.kind === 'refuse') return;
  order.onIntent({
    functionName: order.functionName,
    alias: order.alias,
    stable: alias.stableVersion,
    version: request.version,
    completes: request.kind === 'complete',
  });
}

/** A plan made anew holds where the alias sends requests as before; an abort, where it is still the same canary. */
function stillHolds(request: ShiftRequest, first: Alias, now: Alias): boolean {
  if (request.kind !== 'abort') return sameTraffic(first, now);
  return first.stableVersion === now.stableVersion && first.canary?.version === now.canary?.version;
}

type Place = Pick<ShiftOrder, 'functionName' | 'alias'>;

async function readAlias(place: Place, aliases: ShiftPorts['aliases']): Promise<Alias> {
  const alias = await aliases.find(place.functionName, place.alias);
  if (!alias) throw aliasMissing(place.functionName, place.alias, 'no traffic could be shifted');
  return alias;
}

/** Waits for what was written; a failure says that it was. */
function written(
  place: Place,
  change: AliasChange,
  aliases: ShiftPorts['aliases'],
  patience: Patience,
): Promise<Alias> {
  const changed = `${nameOf(place)} was updated to ${describeTraffic(change)}, and Lambda accepted it`;
  return changedBefore(changed, () => settle(place, change, aliases, patience));
}

function settle(
  place: Place,
  wanted: AliasChange,
  aliases: ShiftPorts['aliases'],
  patience: Patience,
): Promise<Alias> {
  return untilTraffic(
    place,
    wanted,
    () => readAlias(place, aliases),
    patience,
    'Look for another promotion that moved it (CloudTrail, UpdateAlias); rollback returns it to the version before',
  );
}

function refused(
  order: ShiftOrder,
  first: Alias,
  now: Alias,
  plan: ShiftPlan & { kind: 'refuse' },
): OutsideError {
  const moved =
    now === first || sameTraffic(first, now)
      ? ''
      : `; it was moved while this step was at it, from ${describeTraffic(first)} to ${describeTraffic(now)}`;
  return new OutsideError({
    what: `${nameOf(order)} was not changed`,
    why: `${plan.why}${moved}`,
    remedy: plan.remedy,
  });
}

function movedBySomeone(order: ShiftOrder, first: Alias, now: Alias): OutsideError {
  return new OutsideError({
    what: `${nameOf(order)} was not changed`,
    why: `someone else moved it while this step was at it: ${describeTraffic(first)} before, ${describeTraffic(now)} now`,
    remedy:
      'Find out who moved it (CloudTrail, UpdateAlias); a deployment-lock or a concurrency group keeps two promotions apart',
  });
}

function foretell(order: ShiftOrder, alias: Alias, plan: Exclude<ShiftPlan, { kind: 'refuse' }>): string {
  if (plan.kind === 'nothing') return `Dry run: ${nameOf(order)} would stay as it is: ${plan.why}.`;
  return `Dry run: ${nameOf(order)} would go from ${describeTraffic(alias)} to ${describeTraffic(plan.change)}.`;
}

function told(order: ShiftOrder, before: Alias, after: Alias): string {
  return `${nameOf(order)} went from ${describeTraffic(before)} to ${describeTraffic(after)}.`;
}

function nameOf(place: Place): string {
  return `\`${place.functionName}:${place.alias}\``;
}
