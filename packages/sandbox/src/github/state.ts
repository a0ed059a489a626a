import type { CommitDefinition, GitHubDefinition, Permissions } from './definition.ts';
import { type Commit, commit, createGit, type Git, resolve } from './git.ts';

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

/** All that the sandbox's GitHub knows. */
export interface GitHubState {
  /** `owner/name`; empty in a world without a repository. */
  readonly repository: string;
  readonly defaultBranch: string;
  readonly git: Git;
  readonly releases: Map<number, Release>;
  readonly deployments: Map<number, Deployment>;
  readonly approvals: Approval[];
  readonly checkRuns: Map<number, CheckRun>;
  /** Known tokens; any other may do everything unless `closed`. */
  readonly tokens: Map<string, Permissions>;
  readonly closed: boolean;
  nextId(): number;
}

/** The repository before anybody promoted anything is a day old. */
const age = 86_400_000;

/** @throws Error that names the branch, tag or release whose target is not there. */
export function createState(definition: GitHubDefinition | undefined, now: number): GitHubState {
  const git = createGit();
  let id = 1_000;
  const state: GitHubState = {
    repository: definition?.repository ?? '',
    defaultBranch: definition?.['default-branch'] ?? 'main',
    git,
    releases: new Map(),
    deployments: new Map(),
    approvals: [],
    checkRuns: new Map(),
    tokens: new Map(Object.entries(definition?.tokens ?? {})),
    closed: definition?.tokens !== undefined,
    nextId: () => ++id,
  };
  if (definition) fill(state, definition, now - age);
  return state;
}

function fill(state: GitHubState, definition: GitHubDefinition, at: number): void {
  const { git, defaultBranch } = state;
  const [owner = ''] = state.repository.split('/');
  const files = new Map(Object.entries(definition.files));
  const first = commit(git, { parents: [], message: 'Initial commit', author: owner, at, files });
  git.refs.set(`heads/${defaultBranch}`, { type: 'commit', sha: first.sha });

  for (const { name, from, commits } of definition.branches) {
    const start = name === defaultBranch ? first : headOf(state, from ?? defaultBranch, `branch ${name}`);
    const head = commits.reduce((parent, made, index) => grow(git, parent, made, owner, index), start);
    git.refs.set(`heads/${name}`, { type: 'commit', sha: head.sha });
  }
  for (const [tag, branch] of Object.entries(definition.tags)) {
    git.refs.set(`tags/${tag}`, { type: 'commit', sha: headOf(state, branch, `tag ${tag}`).sha });
  }
  for (const [index, release] of definition.releases.entries()) {
    const target = release.target ?? defaultBranch;
    const createdAt = at + index * 60_000;
    const { sha } = headOf(state, target, `release ${release.tag}`);
    const taken = git.refs.has(`tags/${release.tag}`);
    if (!release.draft && !taken) git.refs.set(`tags/${release.tag}`, { type: 'commit', sha });
    const id = state.nextId();
    state.releases.set(id, {
      id,
      tag: release.tag,
      target,
      name: release.name ?? release.tag,
      body: release.body,
      draft: release.draft,
      prerelease: release.prerelease,
      author: owner,
      createdAt,
      publishedAt: release.draft ? undefined : createdAt,
    });
  }
}

function headOf({ git }: GitHubState, name: string, of: string): Commit {
  const found = resolve(git, name);
  if (found) return found;
  throw new Error(
    `github: ${of} is to be at ${name}, which the repository does not have (branches are made in their order).`,
  );
}

function grow(git: Git, parent: Commit, made: CommitDefinition, owner: string, index: number): Commit {
  const files = new Map([...parent.files, ...Object.entries(made.files)]);
  const { message, author = owner } = made;
  return commit(git, { parents: [parent.sha], message, author, at: parent.at + (index + 1) * 60_000, files });
}
