import type { Log } from '../action/index.ts';
import type { Attributes } from '../deployment/index.ts';
import { OutsideError } from '../errors/index.ts';
import {
  type Alias,
  type AliasStore,
  aliasMissing,
  changedBefore,
  describeTraffic,
  type FunctionStore,
  type FunctionVersion,
  type Patience,
  readyOrRefuse,
  sameTraffic,
  settled,
  untilTraffic,
  writeAlias,
} from '../lambda/index.ts';
import { keep, ofRun } from './backup.ts';
import { beyondDeadRuns } from './dead-run.ts';
import { findLastGood } from './last-good.ts';
import { keptFor } from './names.ts';
import { findDestination, leftBy } from './target.ts';
import { beforeThisRun, findOwnWork } from './this-run.ts';

/** One alias to roll back. */
export interface Place {
  readonly functionName: string;
  readonly alias: string;
  readonly service?: string;
}

/** Where aliases are to return to. */
export interface Aim {
  readonly target: string;
  /** The version that an alias must carry, as canary or as stable; one that was moved on from it is left alone. */
  readonly onlyFrom?: string | undefined;
  readonly runId: string;
}

/** What a rollback will do with one alias. */
export interface Step {
  readonly place: Place;
  /** The version that is left: the canary while one is out, else the stable one. */
  readonly from: string;
  readonly to: string;
  /** What `to` was published as, such as `v1.3.0`; the version itself where that is no name, or was not looked up. */
  readonly release: string;
  readonly because: string;
  /** False when the alias is on that version alone already, or is to be left where it is. */
  readonly needed: boolean;
  /** Whether Lambda was told so already, and only moves provisioned concurrency yet: nothing is left to be written. */
  readonly told: boolean;
  /** The version that the alias must carry to be rolled back at all. */
  readonly onlyFrom: string | undefined;
  /** The incident alias that this run has made before: for `from`, or where nothing is needed, for what it left then. */
  readonly incident?: string | undefined;
  /** Why the alias is left where it is, when that is so. */
  readonly left?: string;
  /** Whether that is because the run that was to be undone has succeeded. */
  readonly succeeded?: boolean;
}

export interface RestorePorts {
  readonly aliases: AliasStore;
  readonly functions: Pick<FunctionStore, 'describe' | 'versions' | 'hasProvisionedConcurrency'>;
  /** The records of a service, newest first; asked for the targets `last-good` and `before-this-run` alone. */
  readonly history?: (service: string) => AsyncIterable<Attributes>;
}

/** How often a restore is written anew because someone else touched the alias meanwhile. */
const tries = 5;

/** @throws OutsideError when the alias is not there, or the target means no version of the function. */
export async function planStep(
  place: Place,
  { target, runId, onlyFrom }: Aim,
  ports: RestorePorts,
): Promise<Step> {
  const { functionName } = place;
  const aliases = await ports.aliases.list(functionName);
  const what = `\`${functionName}:${place.alias}\` was not rolled back`;
  const listed = aliases.find(({ name }) => name === place.alias);
  if (!listed) throw aliasMissing(functionName, place.alias, what);
  const alias = await settled(listed, ports.functions);
  const stay = (left: string, succeeded = false): Step => {
    const { stableVersion: to } = alias;
    return {
      place,
      from: leftBy(alias),
      to,
      release: to,
      because: left,
      needed: false,
      told: false,
      onlyFrom,
      left,
      succeeded,
    };
  };
  const left = movedOn(alias, onlyFrom);
  if (left) return stay(left);
  const records = () => ports.history?.(place.service ?? '');
  const versions = await ports.functions.versions(functionName);
  const around = { alias, aliases, versions, runId };
  const own =
    target === beforeThisRun
      ? await beyondDeadRuns(await findOwnWork(around, records(), onlyFrom), around, records())
      : undefined;
  if (own?.kind === 'nothing') return stay(own.why, own.succeeded);
  const good = target === 'last-good' ? records() : undefined;
  const destination = own
    ? { ...own, kind: 'version' as const }
    : good
      ? await findLastGood(good, around)
      : findDestination(target, around);
  if (destination.kind === 'unknown') {
    throw new OutsideError({ what, why: destination.why, remedy: destination.remedy });
  }
  const to = destination.version;
  const from = leftBy(to === alias.stableVersion ? listed : alias);
  const kept = ofRun('incident', place.alias, runId, aliases);
  const promotedSince = keptFor('backup', place.alias, aliases).some(({ at }) => kept && at > kept.at);
  const needed = !sameTraffic(listed, { stableVersion: to });
  return {
    place,
    from,
    to,
    incident:
      kept && (needed ? kept.version === from && !promotedSince : kept.version !== from)
        ? kept.name
        : undefined,
    release: releaseOf(to, versions),
    because: destination.because,
    needed,
    told: needed && sameTraffic(alias, { stableVersion: to }),
    onlyFrom,
  };
}

/** Versions are published with their release as the description; one made by hand may say anything. */
function releaseOf(version: string, versions: readonly FunctionVersion[]): string {
  const description = versions.find((one) => one.version === version)?.description ?? '';
  return /^\S{1,200}$/.test(description) ? description : version;
}

/** What the alias carries instead of the version it is to be rolled back from; undefined where it carries that. */
function movedOn(alias: Alias, onlyFrom: string | undefined): string | undefined {
  if (onlyFrom === undefined || [alias.stableVersion, alias.canary?.version].includes(onlyFrom))
    return undefined;
  return `it carries ${describeTraffic(alias)}, and version ${onlyFrom} no more`;
}

/** Keeps the version that is left under an incident alias, for study. Answers its name. */
export async function keepIncident(
  step: Step,
  { runId, reason }: { readonly runId: string; readonly reason: string },
  aliases: AliasStore,
  patience: Patience,
): Promise<string | undefined> {
  if (step.from === '$LATEST' || step.from === step.to) return undefined;
  if (step.incident) return step.incident;
  const origin = { alias: step.place.alias, version: step.from, runId };
  return (await keep(step.place.functionName, 'incident', origin, aliases, patience, reason)).name;
}

/**
 * Sends every request of the alias to the version and clears all weights, whatever the alias carries by now, then
 * reads until it is so. Answers why the alias was left where it is, when someone moved it on from `onlyFrom` meanwhile.
 * @throws OutsideError that says what the alias reads.
 */
export async function restore(
  step: Step,
  ports: RestorePorts,
  patience: Patience & { readonly log: Pick<Log, 'info' | 'warning'> },
): Promise<string | undefined> {
  const { place, to, onlyFrom } = step;
  const version = await readyOrRefuse(ports.functions, place.functionName, to, patience);
  if (version.snapStart && version.state === 'Inactive') {
    patience.log.warning(
      `\`${place.functionName}:${to}\` has not been invoked for 14 days or more, so Lambda has dropped its snapshot. Until it has made another, which takes some minutes, its first requests are answered by SnapStartNotReadyException; invoke it now to begin.`,
    );
  }
  const wanted = { stableVersion: to };
  for (let attempt = 1; attempt <= tries; attempt++) {
    const alias = await read(place, ports.aliases);
    if (sameTraffic(alias, wanted)) return undefined;
    const left = movedOn(alias, onlyFrom);
    if (left) return left;
    if (sameTraffic(await settled(alias, ports.functions), wanted)) {
      await settle(place, wanted, ports.aliases, patience);
      return undefined;
    }
    if ((await writeAlias(alias, wanted, ports.aliases)) !== 'moved') {
      const changed = `the alias was updated to ${describeTraffic(wanted)}, and Lambda accepted it`;
      await changedBefore(changed, () => settle(place, wanted, ports.aliases, patience));
      return undefined;
    }
    patience.log.info(
      `\`${place.functionName}:${place.alias}\` was changed by someone else meanwhile. Trying again.`,
    );
  }
  const now = await read(place, ports.aliases);
  throw new OutsideError({
    what: `\`${place.functionName}:${place.alias}\` was not rolled back to version ${to}`,
    why: `someone else changed it ${tries} times meanwhile; it reads ${describeTraffic(now)}`,
    remedy: 'Cancel the promotion that moves it, then roll back again',
  });
}

function settle(
  place: Place,
  wanted: { readonly stableVersion: string },
  aliases: AliasStore,
  patience: Patience,
): Promise<Alias> {
  return untilTraffic(
    place,
    wanted,
    () => read(place, aliases),
    patience,
    'Cancel the promotion that moves it (CloudTrail, UpdateAlias), then roll back again',
  );
}

async function read(place: Place, aliases: AliasStore): Promise<Alias> {
  const alias = await aliases.find(place.functionName, place.alias);
  if (!alias) throw aliasMissing(place.functionName, place.alias, 'the rollback stopped');
  return alias;
}
