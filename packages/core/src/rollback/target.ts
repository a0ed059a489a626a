import { type Alias, answersTo, type FunctionVersion } from '../lambda/index.ts';
import { isKept, type KeptAlias, keptFor } from './names.ts';

/** What is known of a function when a rollback looks for the version to return to. */
export interface Surroundings {
  readonly alias: Alias;
  /** All aliases of the function. */
  readonly aliases: readonly Alias[];
  /** Every published version, oldest first. */
  readonly versions: readonly FunctionVersion[];
  /** The run that rolls back; empty outside of one. */
  readonly runId: string;
}

export type Destination =
  | {
      readonly kind: 'version';
      readonly version: string /** Why this one, in a few words. */;
      readonly because: string;
    }
  | { readonly kind: 'unknown'; readonly why: string; readonly remedy: string };

/**
 * The version that a target means for one alias: `previous`, a version's number, an alias (a backup alias, as a rule),
 * or a release by the description its version was published with, such as `v1.3.0`.
 */
export function findDestination(target: string, around: Surroundings): Destination {
  if (target === 'previous') return previous(around);
  const { alias, aliases, versions } = around;
  if (/^\d+$/.test(target)) {
    return versions.some(({ version }) => version === target)
      ? found(target, 'it was asked for')
      : unknown(
          `there is no version ${target}; published are ${listVersions(versions)}`,
          'Give one of them, or `previous`',
        );
  }
  const named = aliases.find(({ name }) => name === target);
  if (named && named.name === alias.name) {
    return unknown(`\`${target}\` is the alias itself`, 'Give a backup alias, a version, or `previous`');
  }
  if (named?.stableVersion === '$LATEST') {
    return unknown(
      `\`${target}\` points to \`$LATEST\`, which is no fixed version`,
      'Give a published version, or `previous`',
    );
  }
  if (named) return found(named.stableVersion, `\`${target}\` keeps it`);
  const released = versions.findLast(({ description }) => description === target);
  if (released) return found(released.version, `it was published as ${target}`);
  return unknown(
    `no alias and no version is called \`${target}\`; backups are ${listBackups(aliases)}, versions ${listVersions(versions)}`,
    'Give one of them, or `previous`',
  );
}

/**
 * The version before the present release. While a canary is out, that is the stable one; after it, what the newest
 * backup of the alias keeps, or where that was made before a release was promoted again, the newest of another version;
 * without backups, the version published before that no incident alias keeps as bad. An alias
 * that was rolled back since its newest backup (an incident alias says so) stays where it went, whoever asks again. A run
 * that has rolled back before and is run again after a promotion does not leave that one: it may be run again for what it
 * had left undone, by somebody who does not mean the release that serves now.
 */
function previous({ alias, aliases, versions, runId }: Surroundings): Destination {
  const { stableVersion, canary } = alias;
  if (canary) return found(stableVersion, 'it is stable, and a canary is out');
  const backups = keptFor('backup', alias.name, aliases);
  const incidents = keptFor('incident', alias.name, aliases);
  const since = backups[0]?.at ?? Number.NEGATIVE_INFINITY;
  const others = incidents.filter(({ version }) => version !== stableVersion);
  const isOwn = (kept: KeptAlias) => runId !== '' && kept.runId === runId;
  const left = others.find(
    (kept) => kept.at >= since && (isOwn(kept) || Number(kept.version) > Number(stableVersion)),
  );
  if (left) {
    return found(
      stableVersion,
      `it was rolled back from version ${left.version} before, which \`${left.name}\` keeps${goFurther}`,
    );
  }
  const backup = wayBack(backups, incidents, stableVersion, versions);
  const own = others.find(isOwn);
  if (own && backup?.version !== stableVersion)
    return unknown(
      `this run rolled it back from version ${own.version} before, which \`${own.name}\` keeps, and it was promoted since`,
      'Start a new rollback to leave what serves now, or name a version as `target`: run again, this one leaves nothing that came after it',
    );
  if (backup) {
    const which = backup === backups[0] ? 'the newest backup' : 'the newest backup of another version';
    const further = backup.version === stableVersion ? goFurther : '';
    return found(backup.version, `\`${backup.name}\`, ${which}, keeps it${further}`);
  }
  const bad = new Set(incidents.map(({ version }) => version));
  const before = versions.findLast(
    ({ version }) => Number(version) < Number(stableVersion) && !bad.has(version),
  );
  if (before)
    return found(before.version, `it was published before version ${stableVersion}, and there is no backup`);
  return unknown(
    `there is no backup of \`${alias.name}\` and no version published before ${stableVersion}`,
    'Give the version to return to as `target`; backup-alias keeps one before each promotion',
  );
}

const goFurther = '; to go further back, name a version as `target`';

/** The newest backup, unless the promotion after it brought again what it keeps: then the newest of another version that was not left as bad since. */
function wayBack(
  backups: readonly KeptAlias[],
  incidents: readonly KeptAlias[],
  stableVersion: string,
  versions: readonly FunctionVersion[],
): KeptAlias | undefined {
  const [newest] = backups;
  if (!newest || !broughtAgain(newest, stableVersion, versions)) return newest;
  const leftSince = (backup: KeptAlias) =>
    incidents.some(({ version, at }) => version === backup.version && at > backup.at);
  return backups.find((backup) => backup.version !== newest.version && !leftSince(backup));
}

/**
 * Whether the promotion that a backup was made before brought no other version than it keeps. One that ended before it
 * published its release brought nothing. Where a backup does not say its release, that is so when nothing newer than the
 * stable version was published that could have been taken back.
 */
function broughtAgain(
  { version, before }: KeptAlias,
  stableVersion: string,
  versions: readonly FunctionVersion[],
): boolean {
  if (before) return versions.findLast((published) => answersTo(published, before))?.version === version;
  const newest = Math.max(...versions.map((published) => Number(published.version)));
  return version === stableVersion && newest <= Number(stableVersion);
}

/** The version that a rollback leaves: the canary while one is out, else the stable one. */
export function leftBy(alias: Alias): string {
  return alias.canary?.version ?? alias.stableVersion;
}

function found(version: string, because: string): Destination {
  return { kind: 'version', version, because };
}

function unknown(why: string, remedy: string): Destination {
  return { kind: 'unknown', why, remedy };
}

function listVersions(versions: readonly FunctionVersion[]): string {
  const newest = versions
    .slice(-10)
    .map(({ version, description }) => (description ? `${version} (${description})` : version));
  return newest.length > 0 ? newest.join(', ') : 'none';
}

function listBackups(aliases: readonly Alias[]): string {
  const backups = aliases.filter(({ name }) => isKept(name)).map(({ name }) => name);
  return backups.slice(-10).join(', ') || 'none';
}
