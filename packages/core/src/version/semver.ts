/** A version as semver.org 2.0.0 defines it. */
export interface Version {
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  /** Dot-separated identifiers after the `-`; empty for a release. */
  readonly prerelease: readonly string[];
  /** Dot-separated identifiers after the `+`; they play no part in precedence. */
  readonly build: readonly string[];
}

/**
 * `semver` is all of SemVer with a leading `v`. `simple` is `vX.Y.Z` or `vX.Y.Z-suffix`: the part of SemVer with at most
 * one prerelease identifier and no build metadata.
 */
export type VersionFormat = 'semver' | 'simple';

export type Bump = 'major' | 'minor' | 'patch' | 'prerelease';

export type Parsed = { readonly version: Version } | { readonly problem: string };

const numeric = /^(0|[1-9]\d*)$/;
const identifier = /^[0-9A-Za-z-]+$/;

/** Reads `v1.2.3-rc.1+build.5`; where it cannot, says what is wrong as the end of the sentence "`version` …". */
export function parseVersion(text: string, format: VersionFormat = 'semver'): Parsed {
  if (!text.startsWith('v')) {
    const advice = 'version' in parseVersion(`v${text}`, format) ? `: write \`v${text}\`` : '';
    return { problem: `lacks the leading \`v\`${advice}` };
  }
  const [withoutBuild = '', ...builds] = text.slice(1).split('+');
  const dash = withoutBuild.indexOf('-');
  const core = dash < 0 ? withoutBuild : withoutBuild.slice(0, dash);
  const prerelease = dash < 0 ? [] : withoutBuild.slice(dash + 1).split('.');
  const build = builds[0]?.split('.') ?? [];
  const problem =
    coreProblem(core) ??
    identifiersProblem('prerelease', prerelease) ??
    (builds.length > 1 ? 'has more than one `+`' : identifiersProblem('build metadata', build)) ??
    (format === 'simple' ? simpleProblem(prerelease, build) : undefined);
  if (problem) return { problem };
  const [major = 0, minor = 0, patch = 0] = core.split('.').map(Number);
  return { version: { major, minor, patch, prerelease, build } };
}

function coreProblem(core: string): string | undefined {
  const parts = core.split('.');
  if (parts.length !== 3) return 'must have three numbers, as in `v1.2.3`';
  for (const part of parts) {
    if (/^0\d+$/.test(part)) return `has a number with a leading zero: \`${part}\``;
    if (!numeric.test(part)) return `has \`${part}\` where a number belongs, as in \`v1.2.3\``;
    if (!Number.isSafeInteger(Number(part))) return `has a number above ${Number.MAX_SAFE_INTEGER}`;
  }
  return undefined;
}

function identifiersProblem(name: string, identifiers: readonly string[]): string | undefined {
  for (const part of identifiers) {
    if (part === '') return `has an empty identifier in its ${name}`;
    if (!identifier.test(part))
      return `has \`${part}\` in its ${name}, where only letters, digits and hyphens may stand`;
    if (name === 'prerelease' && /^0\d+$/.test(part))
      return `has a numeric identifier with a leading zero in its prerelease: \`${part}\``;
  }
  return undefined;
}

function simpleProblem(prerelease: readonly string[], build: readonly string[]): string | undefined {
  if (build.length > 0) return 'has build metadata, which the simple format does not know';
  if (prerelease.length > 1) return 'has dots in its suffix, which the simple format does not know';
  return undefined;
}

/** `v1.2.3-rc.1+build.5`: what `parseVersion` read. */
export function printVersion(version: Version): string {
  const { major, minor, patch, prerelease, build } = version;
  const suffix = prerelease.length > 0 ? `-${prerelease.join('.')}` : '';
  const metadata = build.length > 0 ? `+${build.join('.')}` : '';
  return `v${major}.${minor}.${patch}${suffix}${metadata}`;
}

export function isPrerelease(version: Version): boolean {
  return version.prerelease.length > 0;
}

/** SemVer's precedence: negative when `a` comes before `b`, 0 when they differ in build metadata at most. */
export function compareVersions(a: Version, b: Version): number {
  return (
    a.major - b.major ||
    a.minor - b.minor ||
    a.patch - b.patch ||
    Number(isPrerelease(b)) - Number(isPrerelease(a)) ||
    comparePrerelease(a.prerelease, b.prerelease)
  );
}

function comparePrerelease(a: readonly string[], b: readonly string[]): number {
  for (const [index, left] of a.entries()) {
    const right = b[index];
    if (right === undefined) return 1;
    const order = compareIdentifiers(left, right);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Numbers by value and before words; words by their ASCII codes. Numbers have no leading zero, so length goes first. */
function compareIdentifiers(a: string, b: string): number {
  const aNumeric = numeric.test(a);
  const bNumeric = numeric.test(b);
  if (aNumeric !== bNumeric) return aNumeric ? -1 : 1;
  if (aNumeric && a.length !== b.length) return a.length - b.length;
  return a === b ? 0 : a < b ? -1 : 1;
}

/** The version of highest precedence, or undefined of none. */
export function highestVersion(versions: readonly Version[]): Version | undefined {
  return versions.reduce<Version | undefined>(
    (highest, version) => (highest && compareVersions(highest, version) >= 0 ? highest : version),
    undefined,
  );
}

/**
 * The version after `current`, always of higher precedence. A prerelease is on its way to a release, so a bump that this
 * release would satisfy finishes it: minor of `v1.3.0-rc.1` is `v1.3.0`. A prerelease bump counts its last number up, or
 * begins one of the next patch: `v1.2.3` → `v1.2.4-rc.1`, where `rc` is the `name`.
 */
export function nextVersion(current: Version, bump: Bump, name = 'rc'): Version {
  const { major, minor, patch } = current;
  const pre = isPrerelease(current);
  const release = (x: number, y: number, z: number, prerelease: readonly string[] = []): Version => ({
    major: x,
    minor: y,
    patch: z,
    prerelease,
    build: [],
  });
  switch (bump) {
    case 'major':
      return pre && minor === 0 && patch === 0 ? release(major, 0, 0) : release(major + 1, 0, 0);
    case 'minor':
      return pre && patch === 0 ? release(major, minor, 0) : release(major, minor + 1, 0);
    case 'patch':
      return pre ? release(major, minor, patch) : release(major, minor, patch + 1);
    case 'prerelease':
      return pre
        ? release(major, minor, patch, countUp(current.prerelease))
        : release(major, minor, patch + 1, [name, '1']);
  }
}

/** `rc.1` → `rc.2`; `rc` → `rc.1`; `rc.1.linux` → `rc.2`, since what follows the number counts below it. */
function countUp(prerelease: readonly string[]): readonly string[] {
  const at = prerelease.findLastIndex((part) => numeric.test(part));
  if (at < 0) return [...prerelease, '1'];
  return [...prerelease.slice(0, at), String(BigInt(prerelease[at] ?? '0') + 1n)];
}
