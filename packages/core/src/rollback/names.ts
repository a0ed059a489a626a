import { formatInstant } from '../clock/index.ts';
import type { Alias } from '../lambda/index.ts';

/** `backup` keeps the version that was stable before a promotion, `incident` the bad one before a rollback. */
export type KeptKind = 'backup' | 'incident';

/** What is kept of an alias, by whom. Written into the description of the alias that keeps it. */
export interface Origin {
  /** The alias whose version is kept. */
  readonly alias: string;
  readonly version: string;
  /** The workflow run that made it; empty outside of one. */
  readonly runId: string;
  /** The release that was to be promoted then, such as `v1.4.0`. */
  readonly before?: string | undefined;
}

/** An alias made to keep a version. */
export interface KeptAlias extends Origin {
  readonly name: string;
  /** Epoch milliseconds, from its name. */
  readonly at: number;
}

/** `backup-20260303-200500`, in UTC. */
export function keptName(kind: KeptKind, at: number): string {
  const [date = '', time = ''] = formatInstant(at).replace(/[-:Z]/g, '').split('T');
  return `${kind}-${date}-${time}`;
}

/** The description of an alias that keeps a version, with the reason where there is one, in the 256 characters that Lambda takes. */
export function describeOrigin(origin: Origin, reason = ''): string {
  const run = origin.runId ? `, run ${origin.runId}` : '';
  const before = origin.before ? `, before ${origin.before}` : '';
  const because = reason ? `: ${reason.replace(/\s+/g, ' ').trim()}` : '';
  return `promo-actions: version ${origin.version} of ${origin.alias}${run}${before}${because}`.slice(0, 256);
}

/** The kept aliases of one kind made for one alias, newest first. Those made by hand, without an origin, are not among them. */
export function keptFor(kind: KeptKind, alias: string, aliases: readonly Alias[]): readonly KeptAlias[] {
  return aliases
    .flatMap((candidate) => readKept(kind, candidate))
    .filter((kept) => kept.alias === alias)
    .sort((a, b) => b.at - a.at);
}

/** Whether an alias is one that keeps a version, of either kind, by its name. */
export function isKept(name: string): boolean {
  return /^(backup|incident)-\d{8}-\d{6}$/.test(name);
}

function readKept(kind: KeptKind, alias: Alias): readonly KeptAlias[] {
  const name = /^([a-z]+)-(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)$/.exec(alias.name);
  const origin =
    /^promo-actions: version (\d+) of ([\w-]+)(?:, run (\d+))?(?:, before ([^\s:]+))?(?:: .*)?$/.exec(
      alias.description,
    );
  if (!name || name[1] !== kind || !origin) return [];
  const [, , year, month, day, hour, minute, second] = name;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(at)) return [];
  const [, , of = '', runId = '', before] = origin;
  return [
    { name: alias.name, at, alias: of, version: alias.stableVersion, runId, ...(before ? { before } : {}) },
  ];
}
