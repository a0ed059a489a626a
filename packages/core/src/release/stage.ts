import { OutsideError } from '../errors/index.ts';
import type { PullRequestPage, ReleasePage, ReleaseRepository } from './ports.ts';

export const stages = ['branch', 'draft', 'merge', 'publish', 'backport'] as const;
export type Stage = (typeof stages)[number];

export interface ReleaseOrder {
  readonly stage: Stage;
  /** With its leading `v`; also the name of the tag. */
  readonly version: string;
  readonly releaseBranch: string;
  /** What the release branch is made from. */
  readonly base: string;
  readonly productionBranch: string;
  readonly developmentBranch: string;
  readonly notes: 'generate' | 'commits';
  readonly extraNotes?: string | undefined;
  readonly dryRun: boolean;
}

export interface StageResult {
  /** Whether anything was changed, or would be in a dry run. */
  readonly changed: boolean;
  /** One sentence for the log and the summary. */
  readonly message: string;
  readonly sha?: string | undefined;
  readonly release?: ReleasePage | undefined;
  readonly compareUrl?: string | undefined;
  readonly previous?: string | undefined;
  /** Open, and for a person to merge. */
  readonly pullRequest?: PullRequestPage | undefined;
}

export const short = (sha: string) => sha.slice(0, 7);

/** @throws OutsideError with the remedy, where there is no such branch */
export async function headOf(repository: ReleaseRepository, name: string, remedy: string): Promise<string> {
  const sha = await repository.branch(name);
  if (sha !== undefined) return sha;
  throw new OutsideError({ what: `Branch \`${name}\` does not exist in ${repository.name}`, remedy });
}

export function conflict(repository: ReleaseRepository, base: string, head: string): OutsideError {
  return new OutsideError({
    what: `${head} cannot be merged into ${base} of ${repository.name}: both changed the same lines`,
    remedy: `Merge ${base} into ${head} by hand (or by a pull request), settle the conflict there and run again. See ${repository.compareUrl(base, head)}`,
  });
}
