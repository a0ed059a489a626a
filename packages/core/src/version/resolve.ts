import type { Finding } from '../gate/index.ts';
import type { Repository } from './ports.ts';
import {
  type Bump,
  highestVersion,
  isPrerelease,
  nextVersion,
  parseVersion,
  printVersion,
  type Version,
  type VersionFormat,
} from './semver.ts';

/** How the version is said: in words, by a file, or as the next one after the latest. */
export interface VersionRequest {
  readonly version: string | undefined;
  readonly format: VersionFormat;
  readonly bump: Bump | undefined;
  /** The first identifier of a prerelease that a bump begins, such as `rc`. */
  readonly prereleaseName: string;
  readonly versionFile: string | undefined;
  /** Where the file is read; by default the default branch. */
  readonly ref: string | undefined;
}

export interface Resolved {
  readonly version?: Version;
  readonly finding: Finding;
}

/** The version that is meant, with the finding that says where it came from. */
export async function resolveVersion(
  request: VersionRequest,
  repository: Repository,
  tagged: readonly Version[],
): Promise<Resolved> {
  const { version, format, bump, versionFile } = request;
  if (version !== undefined) return accept(version, format, version);
  const base =
    versionFile === undefined ? latestTag(tagged, bump) : await fromFile(request, repository, versionFile);
  if (!base.version || !bump) return base;
  const next = nextVersion(base.version, bump, request.prereleaseName);
  return accept(
    printVersion(next),
    format,
    printVersion(next),
    `the next ${bump} after ${base.finding.seen}`,
  );
}

/** `origin` is where the version comes from, as the end of "`v1.2.3` is …"; undefined when it was given as it is. */
function accept(text: string, format: VersionFormat, seen: string, origin?: string): Resolved {
  const parsed = parseVersion(text, format);
  if ('version' in parsed) {
    const message = `${text} is ${origin ?? 'a well-formed version'}.`;
    return { version: parsed.version, finding: { check: 'version', outcome: 'pass', seen, message } };
  }
  const message = `\`${text}\`${origin ? `, ${origin},` : ''} ${parsed.problem}.`;
  return refuse(seen, message, 'Mend the version and run again.');
}

function refuse(seen: string, message: string, remedy: string): Resolved {
  return { finding: { check: 'version', outcome: 'fail', seen, limit: 'a version', message, remedy } };
}

/** Releases count up from the latest release, prereleases from the latest of both; a repository without tags from v0.0.0. */
function latestTag(tagged: readonly Version[], bump: Bump | undefined): Resolved {
  const candidates = bump === 'prerelease' ? tagged : tagged.filter((version) => !isPrerelease(version));
  const latest = highestVersion(candidates);
  const version = latest ?? { major: 0, minor: 0, patch: 0, prerelease: [], build: [] };
  const seen = latest ? `tag ${printVersion(latest)}` : 'v0.0.0 (no version is tagged yet)';
  return { version, finding: { check: 'version', outcome: 'pass', seen, message: `Counting from ${seen}.` } };
}

async function fromFile(
  { format, ref }: VersionRequest,
  repository: Repository,
  path: string,
): Promise<Resolved> {
  const place = `${path} at ${ref ?? 'the default branch'} of ${repository.name}`;
  const content = await repository.fileText(path, ref);
  if (content === undefined) {
    return refuse(
      'no file',
      `There is no ${place}.`,
      'Name the file with `version-file` and its branch with `ref`, or give `version`.',
    );
  }
  const text = path.endsWith('.json') ? jsonVersion(content) : content.trim();
  if (!text) {
    return refuse(
      'no version',
      `${place} holds no version.`,
      'Write the version into it: `1.2.3` or `v1.2.3`.',
    );
  }
  const withV = text.startsWith('v') ? text : `v${text}`;
  return accept(withV.split('\n')[0] ?? withV, format, withV, `the version in ${place}`);
}

/** The `version` of a package.json or the like. */
function jsonVersion(content: string): string | undefined {
  try {
    const { version } = JSON.parse(content) as { version?: unknown };
    return typeof version === 'string' ? version : undefined;
  } catch {
    return undefined;
  }
}
