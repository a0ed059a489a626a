import type { OutsideError } from '../errors/index.ts';

export interface ReleaseCommit {
  readonly sha: string;
  readonly message: string;
  readonly parents: readonly string[];
}

/** A release as the repository's page shows it; `body` is its notes in Markdown. */
export interface ReleasePage {
  readonly id: number;
  readonly draft: boolean;
  readonly url: string;
  readonly body: string;
}

export interface NewRelease {
  readonly tag: string;
  /** The branch that publishing would tag, were there no tag. */
  readonly target: string;
  readonly body: string;
  readonly prerelease: boolean;
}

/** What a release asks of the repository it is made in, and does to it. */
export interface ReleaseRepository {
  /** `owner/name`. */
  readonly name: string;
  /** The commit at the branch's head, or undefined. */
  branch(name: string): Promise<string | undefined>;
  /** The commit that the tag names, through an annotated tag too, or undefined. */
  tagged(tag: string): Promise<string | undefined>;
  tags(): Promise<readonly string[]>;
  /** What `head` has and `base` has not, oldest first. Both are branches, tags or commits that are there. */
  missing(base: string, head: string): Promise<readonly ReleaseCommit[]>;
  /** The page that shows the difference between two refs. */
  compareUrl(base: string, head: string): string;
  createBranch(name: string, sha: string): Promise<void>;
  /** Always by a merge commit, as `--no-ff` makes. `nothing` when the base has all of the head. */
  merge(base: string, head: string, message: string): Promise<MergeAnswer>;
  createTag(name: string, sha: string, message: string): Promise<void>;
  /** Releases of the tag, published or draft. Drafts are seen only by who may push. */
  releases(tag: string): Promise<readonly ReleasePage[]>;
  createDraft(release: NewRelease): Promise<ReleasePage>;
  /** GitHub's own notes. */
  generateNotes(tag: string, target: string, previous: string | undefined): Promise<string>;
  updateRelease(id: number, change: { readonly body: string; readonly draft: false }): Promise<ReleasePage>;
  /** The open pull request from one branch into another, or undefined. */
  openPullRequest(head: string, base: string): Promise<PullRequestPage | undefined>;
  createPullRequest(request: NewPullRequest): Promise<PullRequestPage>;
}

/** `protected` where the base takes changes by pull request alone, or only with checks: the failure in GitHub's words. */
export type MergeAnswer =
  | { readonly sha: string }
  | 'nothing'
  | 'conflict'
  | { readonly protected: OutsideError };

export interface PullRequestPage {
  readonly number: number;
  readonly url: string;
}

export interface NewPullRequest {
  readonly head: string;
  readonly base: string;
  readonly title: string;
  /** Markdown. */
  readonly body: string;
}
