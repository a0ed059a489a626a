import { OutsideError } from '../errors/index.ts';
import {
  compareVersions,
  highestVersion,
  isPrerelease,
  parseVersion,
  printVersion,
} from '../version/index.ts';
import { backport } from './backport.ts';
import { groupedNotes, withExtraNotes } from './notes.ts';
import type { ReleasePage, ReleaseRepository } from './ports.ts';
import { conflict, headOf, type ReleaseOrder, type StageResult, short } from './stage.ts';

/** Brings one stage of a release about. What was done before is found and left as it is. @throws OutsideError */
export function release(order: ReleaseOrder, repository: ReleaseRepository): Promise<StageResult> {
  const run = { branch, draft, merge, publish, backport }[order.stage];
  return run(order, repository);
}

async function branch(order: ReleaseOrder, repository: ReleaseRepository): Promise<StageResult> {
  const { releaseBranch, base, dryRun } = order;
  const there = await repository.branch(releaseBranch);
  if (there !== undefined) {
    const isBase = (await repository.branch(base)) !== undefined;
    const since = isBase ? (await repository.missing(releaseBranch, base)).length : 0;
    const behind =
      since > 0 ? ` ${base} has ${since} commit(s) that it has not: merge what belongs to the release.` : '';
    const message = `Branch ${releaseBranch} is there, at ${short(there)}.${behind}`;
    return { changed: false, message, sha: there };
  }
  const sha = await headOf(repository, base, 'Give `base` the branch that releases are made from.');
  if (!dryRun) await repository.createBranch(releaseBranch, sha);
  const made = dryRun ? 'would be made' : 'was made';
  return { changed: true, message: `Branch ${releaseBranch} ${made} from ${base} at ${short(sha)}.`, sha };
}

async function draft(order: ReleaseOrder, repository: ReleaseRepository): Promise<StageResult> {
  const { version, releaseBranch, dryRun } = order;
  const tags = await repository.tags();
  const previous = previousOf(version, tags);
  const compareUrl = previous && repository.compareUrl(previous, releaseBranch);
  const found = await onlyRelease(version, repository);
  if (found) {
    const state = found.draft ? 'is there as a draft' : 'is published already';
    const message = `The release of ${version} ${state}; its notes are left as they are: ${found.url}`;
    return { changed: false, message, release: found, compareUrl, previous };
  }
  const head = await headOf(
    repository,
    releaseBranch,
    'Run `stage: branch` first, or set `release-branch-prefix`.',
  );
  const tagged = tags.includes(version) ? await repository.tagged(version) : undefined;
  if (tagged !== undefined) await refuseOtherTag(order, repository, tagged, head);
  const since = compareUrl ? `Compare: ${compareUrl}` : 'This is the first release.';
  if (dryRun) return { changed: true, message: `A draft of ${version} would be made.`, compareUrl, previous };
  const text =
    order.notes === 'generate'
      ? await repository.generateNotes(version, releaseBranch, previous)
      : previous
        ? groupedNotes(await repository.missing(previous, releaseBranch))
        : '';
  const body = withExtraNotes(`${text}\n\n${since}`.trim(), order.extraNotes);
  const parsed = parseVersion(version);
  const prerelease = 'version' in parsed && isPrerelease(parsed.version);
  const made = await repository.createDraft({ tag: version, target: releaseBranch, body, prerelease });
  const message = `The draft of ${version} was made: ${made.url}`;
  return { changed: true, message, release: made, compareUrl, previous };
}

async function merge(order: ReleaseOrder, repository: ReleaseRepository): Promise<StageResult> {
  const { version, releaseBranch, productionBranch, dryRun } = order;
  const there = await repository.branch(releaseBranch);
  await headOf(repository, productionBranch, 'Give `production-branch` its name.');
  const tagged = await repository.tagged(version);
  if (tagged !== undefined) {
    await refuseOtherTag(order, repository, tagged, there);
    const message = `${releaseBranch} is merged into ${productionBranch}, and ${version} is at ${short(tagged)}.`;
    return { changed: false, message, sha: tagged };
  }
  const head =
    there ??
    (await headOf(
      repository,
      releaseBranch,
      `Run \`stage: branch\` first, or set \`release-branch-prefix\`. Where a pull request has merged it into ${productionBranch} and GitHub deleted it since, restore it on the page of the pull request and run again: the merge is found and tagged.`,
    ));
  if (dryRun) {
    const message = `${releaseBranch} at ${short(head)} would be merged into ${productionBranch} and tagged ${version}.`;
    return { changed: true, message };
  }
  const answer = await repository.merge(productionBranch, head, `Release ${version}: merge ${releaseBranch}`);
  if (answer === 'conflict') throw conflict(repository, productionBranch, releaseBranch);
  if (typeof answer === 'object' && 'protected' in answer) throw answer.protected;
  const sha = answer === 'nothing' ? await mergedAs(head, productionBranch, repository) : answer.sha;
  try {
    await repository.createTag(version, sha, `Release ${version}`);
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    throw error.after(
      `${productionBranch} has ${releaseBranch} as ${short(sha)}, its tag perhaps not made; a repetition finds or makes it`,
    );
  }
  const merged = answer === 'nothing' ? 'had been merged before' : 'was merged';
  const message = `${releaseBranch} ${merged} into ${productionBranch} as ${short(sha)}, now tagged ${version}.`;
  return { changed: true, message, sha };
}

/** A tag that is there must be of this release: in production's history, and holding all of the release branch, if that is left. */
async function refuseOtherTag(
  order: ReleaseOrder,
  repository: ReleaseRepository,
  tagged: string,
  head: string | undefined,
): Promise<void> {
  const { version, releaseBranch, productionBranch } = order;
  const notInTag = head === undefined ? [] : await repository.missing(tagged, releaseBranch);
  const notInProduction = await repository.missing(productionBranch, tagged);
  if (notInTag.length === 0 && notInProduction.length === 0) return;
  const why =
    notInTag.length > 0
      ? `${releaseBranch} has ${notInTag.length} commit(s) that the tag does not hold`
      : `${productionBranch} does not hold that commit`;
  throw new OutsideError({
    what: `Tag ${version} of ${repository.name} is already on another commit, ${short(tagged)}`,
    why,
    remedy: 'A tag is never moved: take the next version for what the tag does not hold.',
  });
}

/** The merge commit of an attempt that died before the tag; the head itself where it came in by fast forward. */
async function mergedAs(head: string, into: string, repository: ReleaseRepository): Promise<string> {
  const after = await repository.missing(head, into);
  return after.find(({ parents }) => parents.slice(1).includes(head))?.sha ?? head;
}

async function publish(order: ReleaseOrder, repository: ReleaseRepository): Promise<StageResult> {
  const { version, extraNotes, dryRun } = order;
  const found = await onlyRelease(version, repository);
  if (!found)
    throw new OutsideError({
      what: `${repository.name} shows no release of ${version}, neither draft nor published`,
      remedy: 'Run `stage: draft` first. If the draft is there: only a token with `contents: write` sees it.',
    });
  const sha = await repository.tagged(version);
  if (sha === undefined)
    throw new OutsideError({
      what: `The release of ${version} cannot be published: tag ${version} does not exist in ${repository.name}`,
      remedy: 'Run `stage: merge` first, which tags what production has.',
    });
  const body = withExtraNotes(linkedByTag(found.body, order), extraNotes);
  if (!found.draft && body === found.body)
    return {
      changed: false,
      message: `The release of ${version} is published: ${found.url}`,
      release: found,
      sha,
    };
  if (dryRun)
    return { changed: true, message: `The release of ${version} would be published.`, release: found, sha };
  const shown = await repository.updateRelease(found.id, { body, draft: false });
  const did = found.draft ? 'was published' : 'has the extra notes now';
  return { changed: true, message: `The release of ${version} ${did}: ${shown.url}`, release: shown, sha };
}

/** The comparison of the draft goes to the branch, for there was no tag yet; branches are deleted, and tags stay. */
function linkedByTag(body: string, { version, releaseBranch }: ReleaseOrder): string {
  return body.replaceAll(`...${releaseBranch}`, `...${version}`);
}

async function onlyRelease(version: string, repository: ReleaseRepository): Promise<ReleasePage | undefined> {
  const [found, second, ...more] = await repository.releases(version);
  if (!second) return found;
  throw new OutsideError({
    what: `${more.length + 2} releases of ${repository.name} carry the tag ${version}`,
    remedy: 'Nobody could say which is meant: delete all but one and run again.',
  });
}

/** The highest released version below this one that is tagged. */
function previousOf(version: string, tags: readonly string[]): string | undefined {
  const parsed = parseVersion(version);
  if (!('version' in parsed)) return undefined;
  const below = tags.flatMap((tag) => {
    const other = parseVersion(tag);
    const counts = 'version' in other && !isPrerelease(other.version);
    return counts && compareVersions(other.version, parsed.version) < 0 ? [other.version] : [];
  });
  const highest = highestVersion(below);
  return highest && printVersion(highest);
}
