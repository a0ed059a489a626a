import type { Permissions } from './definition.ts';
import type { Git } from './git.ts';

export interface Release {
  readonly id: number;
  tag: string;
  target: string;
  name: string | null;
  body: string;
  draft: boolean;
  prerelease: boolean;
  readonly author: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  publishedAt: number | undefined;
}

export interface DeploymentStatus {
  readonly id: number;
  readonly state: string;
  readonly description: string;
  readonly logUrl: string;
  readonly environmentUrl: string;
  readonly environment: string;
  readonly at: number;
}

export interface Deployment {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  readonly task: string;
  readonly environment: string;
  readonly description: string | null;
  readonly payload: unknown;
  readonly transient: boolean;
  readonly production: boolean;
  readonly at: number;
  updatedAt: number;
  /** Oldest first. */
  readonly statuses: DeploymentStatus[];
}

/** A person's answer to a protected environment of a run. */
export interface Approval {
  readonly runId: string;
  readonly environment: string;
  readonly state: 'approved' | 'rejected' | 'pending';
  readonly user: string;
  readonly comment: string;
  readonly at: number;
}

export interface CheckRun {
  readonly id: number;
  readonly name: string;
  readonly sha: string;
  status: 'queued' | 'in_progress' | 'completed';
  conclusion: string | null;
  detailsUrl: string;
  externalId: string;
  output: { readonly title: string | null; readonly summary: string | null; readonly text: string | null };
  startedAt: number | undefined;
  completedAt: number | undefined;
}

export interface PullRequest {
  readonly number: number;
  readonly id: number;
  /** Branches. */
  readonly head: string;
  readonly base: string;
  title: string;
  body: string | null;
  readonly author: string;
  readonly draft: boolean;
  readonly createdAt: number;
  updatedAt: number;
  /** Merged, too. */
  closedAt: number | undefined;
  /** The head of the base that has it. */
  mergedAs: string | undefined;
}

/** All that the sandbox's GitHub knows. */
export interface GitHubState {
  /** `owner/name`; empty in a world without a repository. */
  readonly repository: string;
  readonly defaultBranch: string;
  readonly git: Git;
  /** These take pull requests alone. */
  readonly protectedBranches: Set<string>;
  readonly pullRequests: Map<number, PullRequest>;
  readonly releases: Map<number, Release>;
  readonly deployments: Map<number, Deployment>;
  readonly approvals: Approval[];
  readonly checkRuns: Map<number, CheckRun>;
  /** Known tokens; any other may do everything unless `closed`. */
  readonly tokens: Map<string, Permissions>;
  readonly closed: boolean;
  nextId(): number;
}
