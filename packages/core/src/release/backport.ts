import { OutsideError } from '../errors/index.ts';
import type { PullRequestPage, ReleaseRepository } from './ports.ts';
import { conflict, headOf, type ReleaseOrder, type StageResult, short } from './stage.ts';

/** Merges production back into development; by a pull request where that conflicts or development is protected. */
export async function backport(order: ReleaseOrder, repository: ReleaseRepository): Promise<StageResult> {
  const { version, productionBranch, developmentBranch, dryRun } = order;
  await headOf(repository, productionBranch, 'Give `production-branch` its name.');
  const head = await headOf(repository, developmentBranch, 'Give `development-branch` its name.');
  const commits = await repository.missing(developmentBranch, productionBranch);
  if (commits.length === 0) {
    const message = `${developmentBranch} has all that ${productionBranch} has.`;
    return { changed: false, message, sha: head };
  }
  const how = `${commits.length} commit(s) of ${productionBranch}`;
  if (dryRun) {
    const otherwise = 'by a pull request where that conflicts or is not allowed';
    return { changed: true, message: `${how} would be merged into ${developmentBranch}, ${otherwise}.` };
  }
  const text = `Merge ${productionBranch} back after ${version}`;
  const answer = await repository.merge(developmentBranch, productionBranch, text);
  if (answer === 'conflict') return byPullRequest(order, repository, 'both changed the same lines');
  if (answer === 'nothing')
    return { changed: false, message: `${how} are in ${developmentBranch}.`, sha: head };
  if ('protected' in answer) return byPullRequest(order, repository, 'it is protected');
  const message = `${how} are in ${developmentBranch} at ${short(answer.sha)}.`;
  return { changed: true, message, sha: answer.sha };
}

/**
 * From a branch of its own, so that a conflict is settled there and never on production. An open pull request is found
 * again, and brought up to production where that has gone on.
 */
async function byPullRequest(
  order: ReleaseOrder,
  repository: ReleaseRepository,
  why: string,
): Promise<StageResult> {
  const { version, productionBranch, developmentBranch } = order;
  const head = `backport/${version}`;
  const open = await repository.openPullRequest(head, developmentBranch);
  const pushed = await bringUp(head, order, repository);
  const pullRequest = open ?? (await afterPush(pushed && head, () => request(head, why, order, repository)));
  const is = open ? `is open${pushed ? `, and has what ${productionBranch} has now` : ''}` : 'was opened';
  return {
    changed: pushed || !open,
    message: `${productionBranch} cannot be merged into ${developmentBranch} directly (${why}): pull request #${pullRequest.number} ${is} for ${version}. Merge it by a merge commit: ${pullRequest.url}`,
    pullRequest,
  };
}

/** Whether the branch had to be made, or had to take what production got since. */
async function bringUp(
  head: string,
  { productionBranch, version }: ReleaseOrder,
  repository: ReleaseRepository,
): Promise<boolean> {
  const there = await repository.branch(head);
  if (there === undefined) {
    const sha = await headOf(repository, productionBranch, 'Give `production-branch` its name.');
    await repository.createBranch(head, sha);
    return true;
  }
  if ((await repository.missing(head, productionBranch)).length === 0) return false;
  const text = `Merge ${productionBranch} into the merge back of ${version}`;
  const answer = await repository.merge(head, productionBranch, text);
  if (answer === 'conflict') throw conflict(repository, head, productionBranch);
  if (answer === 'nothing') return false;
  if ('protected' in answer) throw answer.protected;
  return true;
}

function request(
  head: string,
  why: string,
  { version, productionBranch, developmentBranch }: ReleaseOrder,
  repository: ReleaseRepository,
): Promise<PullRequestPage> {
  return repository.createPullRequest({
    head,
    base: developmentBranch,
    title: `Merge ${productionBranch} back after ${version}`,
    body: `Brings into \`${developmentBranch}\` what \`${productionBranch}\` has since ${version}; it could not be merged directly: ${why}.\n\nSettle conflicts on \`${head}\`, and merge by a merge commit: after a squash or rebase ${developmentBranch} would still lack the commits of ${productionBranch}.`,
  });
}

async function afterPush<T>(branch: string | false, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (branch === false || !(error instanceof OutsideError)) throw error;
    throw error.after(`branch ${branch} was made for the pull request; a repetition uses it`);
  }
}
