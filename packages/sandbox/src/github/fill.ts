import { resolve as resolvePath } from 'node:path';
import { refuseForeign } from './bare.ts';
import type { CommitDefinition, GitHubDefinition } from './definition.ts';
import { createGit, type Git, inTheWay, resolve } from './git.ts';
import type { Commit, Files } from './objects.ts';
import { person } from './shapes.ts';
import type { GitHubState } from './state.ts';

/** The repository before anybody promoted anything is a day old. */
const age = 86_400_000;

/**
 * What the world's GitHub knows at its beginning. `folder` is what the world's paths are relative to.
 * @throws Error that names the branch, tag or release whose target is not there
 */
export function createState(
  definition: GitHubDefinition | undefined,
  now: number,
  folder: string,
): GitHubState {
  const place = definition?.['repository-folder'];
  const wanted = place === undefined ? undefined : resolvePath(folder, place);
  if (wanted !== undefined) refuseForeign(wanted);
  const defaultBranch = definition?.['default-branch'] ?? 'main';
  let id = 1_000;
  const state: GitHubState = {
    repository: definition?.repository ?? '',
    defaultBranch,
    git: createGit(defaultBranch, wanted),
    protectedBranches: new Set(
      definition?.branches.filter((it) => it.protected).map(({ name }) => name) ?? [],
    ),
    pullRequests: new Map(),
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
  const files = written(git, new Map(), definition.files);
  const message = 'Initial commit';
  const first = git.putCommit({ parents: [], message, author: person(owner, at), files });
  place(git, `heads/${defaultBranch}`, first.sha);

  for (const { name, from, commits } of definition.branches) {
    const start = name === defaultBranch ? first : found(state, from ?? defaultBranch, `branch ${name}`);
    const head = commits.reduce((parent, made, index) => grow(git, parent, made, owner, index), start);
    place(git, `heads/${name}`, head.sha);
  }
  for (const [tag, branch] of Object.entries(definition.tags))
    place(git, `tags/${tag}`, found(state, branch, `tag ${tag}`).sha);
  for (const [index, release] of definition.releases.entries()) {
    const target = release.target ?? defaultBranch;
    const createdAt = at + index * 60_000;
    const { sha } = found(state, target, `release ${release.tag}`);
    if (!release.draft && !git.refs.has(`tags/${release.tag}`)) place(git, `tags/${release.tag}`, sha);
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

function place(git: Git, name: string, sha: string): void {
  const other = inTheWay(git, name);
  if (other) throw new Error(`github: there cannot be ${name} beside ${other}; no Git can hold both.`);
  git.refs.set(name, sha);
}

function found({ git }: GitHubState, name: string, of: string): Commit {
  const commit = resolve(git, name);
  if (commit) return commit;
  throw new Error(
    `github: ${of} is to be at ${name}, which the repository does not have (branches of a list are made in their order).`,
  );
}

function grow(git: Git, parent: Commit, made: CommitDefinition, owner: string, index: number): Commit {
  const { message, author = owner } = made;
  const at = parent.author.at + (index + 1) * 60_000;
  const files = written(git, git.files(parent), made.files);
  return git.putCommit({ parents: [parent.sha], message, author: person(author, at), files });
}

function written(git: Git, before: Files, contents: Readonly<Record<string, string>>): Files {
  const fresh = Object.entries(contents).map(
    ([path, text]) => [path, { mode: '100644', sha: git.putBlob(text) }] as const,
  );
  return new Map([...before, ...fresh]);
}
