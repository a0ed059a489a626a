import type { Clock } from '../clock/index.ts';
import { formatInstant } from '../clock/index.ts';
import { decide, type Finding, type GateReport, subjectOf } from '../gate/index.ts';
import type { DeployedVersions, Repository } from './ports.ts';
import { resolveVersion, type VersionRequest } from './resolve.ts';
import {
  compareVersions,
  highestVersion,
  isPrerelease,
  nextVersion,
  parseVersion,
  printVersion,
  type Version,
} from './semver.ts';

/** What must be true of the version: it starts (`new`), is prepared (`existing`), or runs in another environment (`promoted`). */
export type VersionKind = 'new' | 'existing' | 'promoted';

export interface ValidationRequest extends VersionRequest {
  readonly kind: VersionKind;
  readonly allowOlder: boolean;
  /** `release/`: what comes before the version in its release branch's name. */
  readonly releaseBranchPrefix: string;
  readonly environment: string | undefined;
  readonly service: string | undefined;
  /** The environment that must run the version; needed for `promoted`. */
  readonly sourceEnvironment: string | undefined;
}

export interface Validation {
  readonly report: GateReport;
  /** Undefined when none could be made out. */
  readonly version?: Version;
  /** The highest tagged release below the version. */
  readonly previous?: Version;
  readonly releaseBranch?: string;
}

/** Whether the version that is asked for is one that may go on: the gate `validate-version`. */
export async function validateVersion(
  request: ValidationRequest,
  repository: Repository,
  deployed: DeployedVersions | undefined,
  clock: Clock,
): Promise<Validation> {
  const tagged = (await repository.tags()).flatMap(taggedVersion);
  const releases = tagged.filter((version) => !isPrerelease(version));
  const { version, finding } = await resolveVersion(request, repository, tagged);
  if (!version) return { report: report(request, undefined, [finding], clock) };

  const text = printVersion(version);
  const releaseBranch = `${request.releaseBranchPrefix}${text}`;
  const findings = [finding];
  if (request.kind === 'new') {
    findings.push(tagAbsent(text, await repository.tag(text), repository, nextFree(version, releases)));
    findings.push(newerThanLatest(version, highestVersion(releases), request.allowOlder));
  } else if (request.kind === 'existing') {
    findings.push(branchThere(releaseBranch, await repository.branch(releaseBranch), repository));
    findings.push(await releaseThere(text, repository));
    findings.push(tagSeen(text, await repository.tag(text)));
  } else {
    findings.push(await deployedThere(text, request, deployed));
  }
  const previous = highestVersion(releases.filter((release) => compareVersions(release, version) < 0));
  return {
    report: report(request, text, findings, clock),
    version,
    ...(previous ? { previous } : {}),
    releaseBranch,
  };
}

function taggedVersion(tag: string): readonly Version[] {
  const parsed = parseVersion(tag);
  return 'version' in parsed ? [parsed.version] : [];
}

function report(
  { environment, service }: ValidationRequest,
  version: string | undefined,
  findings: readonly Finding[],
  clock: Clock,
): GateReport {
  return {
    gate: 'validate-version',
    decision: decide(findings),
    subject: subjectOf({ environment, service, version }),
    at: formatInstant(clock.now()),
    findings,
  };
}

/** A patch above everything there is: a version that could be taken. */
function nextFree(version: Version, releases: readonly Version[]): string {
  return printVersion(
    nextVersion(highestVersion([...releases, { ...version, prerelease: [] }]) ?? version, 'patch'),
  );
}

function tagAbsent(tag: string, sha: string | undefined, repository: Repository, free: string): Finding {
  const check = 'tag';
  const limit = 'not there';
  if (sha === undefined) {
    return { check, outcome: 'pass', seen: 'not there', limit, message: `Tag ${tag} is not taken.` };
  }
  return {
    check,
    outcome: 'fail',
    seen: `at ${sha.slice(0, 7)}`,
    limit,
    message: `Tag ${tag} already exists in ${repository.name}, at ${sha.slice(0, 7)}.`,
    remedy: `Take another version, such as ${free}, or \`kind: existing\` to go on with a release that was begun.`,
  };
}

function newerThanLatest(version: Version, latest: Version | undefined, allowOlder: boolean): Finding {
  const check = 'order';
  if (!latest) {
    return {
      check,
      outcome: 'pass',
      seen: 'no release yet',
      message: 'No release is tagged yet; this is the first.',
    };
  }
  const text = printVersion(version);
  const newest = printVersion(latest);
  const common = { check, seen: text, limit: `above ${newest}` };
  if (compareVersions(version, latest) > 0) {
    return { ...common, outcome: 'pass', message: `${text} is above the latest release ${newest}.` };
  }
  const message = `${text} is not above the latest release ${newest}`;
  if (allowOlder) return { ...common, outcome: 'info', message: `${message}; \`allow-older\` lets it pass.` };
  return {
    ...common,
    outcome: 'fail',
    message: `${message}.`,
    remedy: `Take a version above it, such as ${printVersion(nextVersion(latest, 'patch'))}; for a fix to an older line set \`allow-older: true\`.`,
  };
}

function branchThere(branch: string, sha: string | undefined, repository: Repository): Finding {
  const check = 'release branch';
  const limit = branch;
  if (sha !== undefined) {
    return {
      check,
      outcome: 'pass',
      seen: `at ${sha.slice(0, 7)}`,
      limit,
      message: `Branch ${branch} is there.`,
    };
  }
  return {
    check,
    outcome: 'fail',
    seen: 'not there',
    limit,
    message: `Branch ${branch} does not exist in ${repository.name}.`,
    remedy:
      'Promote the version to the environment before this one first, which makes the branch, or set `release-branch-prefix`.',
  };
}

/**
 * A draft is what a promotion begins with; a published release is what its repetition finds. Two drafts of one tag are
 * possible on GitHub, and nobody could say which would be published.
 */
async function releaseThere(tag: string, repository: Repository): Promise<Finding> {
  const check = 'release';
  const limit = 'one draft or published release';
  const releases = await repository.releases(tag);
  const [release, second] = releases;
  if (!release) {
    return {
      check,
      outcome: 'fail',
      seen: 'not there',
      limit,
      message: `${repository.name} shows no release for ${tag}, neither draft nor published.`,
      remedy:
        'Make the draft release first. If it is there: GitHub shows drafts only to a token with `contents: write`; give the job that permission.',
    };
  }
  if (second) {
    return {
      check,
      outcome: 'fail',
      seen: `${releases.length} releases`,
      limit,
      message: `${releases.length} releases carry the tag ${tag}: ${releases.map((it) => it.url).join(', ')}.`,
      remedy: 'Delete all but the one to publish.',
    };
  }
  const state = release.draft ? 'draft' : 'published';
  return {
    check,
    outcome: 'pass',
    seen: state,
    limit,
    message: `The release of ${tag} is ${state}: ${release.url}`,
  };
}

/** Merging for production makes the tag, so a promotion may find it absent: said, never refused. */
function tagSeen(tag: string, sha: string | undefined): Finding {
  const there = sha !== undefined;
  return {
    check: 'tag',
    outcome: 'info',
    seen: there ? `at ${sha.slice(0, 7)}` : 'not there yet',
    message: there
      ? `Tag ${tag} is at ${sha.slice(0, 7)}.`
      : `Tag ${tag} is not made yet; the merge to production makes it.`,
  };
}

async function deployedThere(
  version: string,
  { service, sourceEnvironment }: ValidationRequest,
  deployed: DeployedVersions | undefined,
): Promise<Finding> {
  const check = 'deployed version';
  const source = sourceEnvironment ?? '';
  if (!deployed) throw new Error('kind `promoted` needs to know what is deployed');
  const { version: current, where } = await deployed.current(source, service ?? '');
  const common = { check, subject: source, limit: version, seen: current ?? 'nothing recorded' };
  if (current === version) {
    return { ...common, outcome: 'pass', message: `${source} runs ${version}, as ${where} says.` };
  }
  if (current === undefined) {
    return {
      ...common,
      outcome: 'fail',
      message: `Nothing says which version ${source} runs: ${where} does not exist.`,
      remedy: `Promote ${version} to ${source} first (record-deployment writes this), or check \`ssm-prefix\`, the account and the region.`,
    };
  }
  return {
    ...common,
    outcome: 'fail',
    message: `${source} runs ${current}, not ${version}, as ${where} says.`,
    remedy: `Promote ${version} to ${source} first, or ask for ${current}.`,
  };
}
