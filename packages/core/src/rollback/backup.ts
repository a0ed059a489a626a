import { OutsideError } from '../errors/index.ts';
import { type Alias, type AliasStore, aliasMissing, type Patience, pauseFor } from '../lambda/index.ts';
import { describeOrigin, type KeptAlias, type KeptKind, keptFor, keptName, type Origin } from './names.ts';
import { planPrune, type Retention } from './prune.ts';

export interface BackupOrder {
  readonly functionName: string;
  readonly alias: string;
  readonly kind: KeptKind;
  readonly runId: string;
  /** The release that is to be promoted; a rollback tells by it whether it was there already. */
  readonly release?: string | undefined;
  readonly retention: Retention;
  readonly dryRun: boolean;
}

export interface BackupOutcome {
  /** The alias that keeps the version; on a dry run, the name it would have now. */
  readonly name: string;
  readonly version: string;
  /** False when this run had made it before, and on a dry run. */
  readonly created: boolean;
  /** Old ones that were removed; on a dry run, would be. */
  readonly pruned: readonly string[];
  /** Old ones that could not be removed, with the reason. It harms nothing and is tried again next time. */
  readonly unpruned: readonly { readonly name: string; readonly reason: string }[];
}

/**
 * Keeps the stable version of an alias under an alias of its own, and removes old ones. Twice in one workflow run it
 * finds what it made the first time, even where the alias has moved since.
 */
export async function backup(
  order: BackupOrder,
  aliases: AliasStore,
  patience: Patience,
): Promise<BackupOutcome> {
  const { functionName, kind } = order;
  const all = await aliases.list(functionName);
  const alias = all.find(({ name }) => name === order.alias);
  if (!alias) throw aliasMissing(functionName, order.alias, `no ${kind} alias was made`);
  const existing = ofRun(kind, order.alias, order.runId, all);
  const origin = {
    alias: order.alias,
    version: alias.stableVersion,
    runId: order.runId,
    before: order.release,
  };
  if (!existing) refuseLatest(order, alias);

  const now = patience.clock.now();
  const kept =
    existing ??
    (order.dryRun
      ? { name: keptName(kind, now), at: now, ...origin }
      : await keep(functionName, kind, origin, aliases, patience));
  const known = keptFor(kind, order.alias, all).filter(({ name }) => name !== kept.name);
  const due = planPrune([kept, ...known], alias, all, order.retention, now);
  const { pruned, unpruned } = order.dryRun
    ? { pruned: due.map(({ name }) => name), unpruned: [] }
    : await prune(functionName, due, aliases);
  const created = !existing && !order.dryRun;
  return { name: kept.name, version: kept.version, created, pruned, unpruned };
}

/** What came of a backup, in one sentence. */
export function describeBackup(order: BackupOrder, outcome: BackupOutcome): string {
  const place = `version ${outcome.version} of \`${order.functionName}:${order.alias}\``;
  if (order.dryRun) return `Dry run: \`${outcome.name}\` keeps, or would keep, ${place}.`;
  return outcome.created
    ? `\`${outcome.name}\` now keeps ${place}.`
    : `\`${outcome.name}\`, made earlier in this run, keeps ${place}.`;
}

/** Makes an alias that keeps a version. Where another run took the same second, a second later. */
export async function keep(
  functionName: string,
  kind: KeptKind,
  origin: Origin,
  aliases: AliasStore,
  patience: Patience,
  reason = '',
): Promise<KeptAlias> {
  for (let attempt = 0; attempt < 5; attempt++) {
    const at = patience.clock.now();
    const name = keptName(kind, at);
    const made = await aliases.create(functionName, name, origin.version, describeOrigin(origin, reason));
    if (made !== 'exists') return { name, at, ...origin };
    const mine = ofRun(kind, origin.alias, origin.runId, await aliases.list(functionName));
    if (mine) return mine;
    await pauseFor(1_000, patience.clock, patience.signal, () => `waiting for a free name after \`${name}\``);
  }
  throw new OutsideError({
    what: `no ${kind} alias could be made for \`${functionName}:${origin.alias}\``,
    why: 'the names of five seconds in a row were taken',
    remedy: 'Run the step again; a deployment-lock or a concurrency group keeps other promotions away',
  });
}

/** What this run has kept of the alias before, if it has. */
export function ofRun(
  kind: KeptKind,
  alias: string,
  runId: string,
  aliases: readonly Alias[],
): KeptAlias | undefined {
  if (!runId) return undefined;
  return keptFor(kind, alias, aliases).find((kept) => kept.runId === runId);
}

function refuseLatest(order: BackupOrder, alias: Alias): void {
  if (alias.stableVersion !== '$LATEST') return;
  throw new OutsideError({
    what: `no ${order.kind} alias was made for \`${order.functionName}:${alias.name}\``,
    why: 'it points to `$LATEST`, which changes with every upload and so keeps nothing',
    remedy: `Publish the present code and point the alias at it once: \`aws lambda publish-version --function-name ${order.functionName}\`, then \`aws lambda update-alias\``,
  });
}

async function prune(
  functionName: string,
  due: readonly KeptAlias[],
  aliases: AliasStore,
): Promise<Pick<BackupOutcome, 'pruned' | 'unpruned'>> {
  const pruned: string[] = [];
  const unpruned: { name: string; reason: string }[] = [];
  for (const { name } of due) {
    try {
      await aliases.remove(functionName, name);
      pruned.push(name);
    } catch (error) {
      if (!(error instanceof OutsideError)) throw error;
      unpruned.push({ name, reason: error.message });
    }
  }
  return { pruned, unpruned };
}
