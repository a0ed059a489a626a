import { headOf } from './git.ts';
import { ahead, changes, mergeBase } from './history.ts';
import { fileChange, nodeId, repositoryUrl, time, user, webUrl } from './shapes.ts';
import type { PullRequest } from './state.ts';
import type { Call } from './wire.ts';

/** A pull request as a list shows it. */
export function simplePullRequestShape(call: Call, request: PullRequest) {
  const { number, closedAt, mergedAs } = request;
  const url = `${repositoryUrl(call)}/pulls/${number}`;
  const issue = `${repositoryUrl(call)}/issues/${number}`;
  const html = `${webUrl(call)}/pull/${number}`;
  const head = side(call, request.head);
  const at = (moment: number | undefined) => (moment === undefined ? null : time(moment));
  const links = {
    self: url,
    html,
    issue,
    comments: `${issue}/comments`,
    review_comments: `${url}/comments`,
    review_comment: `${repositoryUrl(call)}/pulls/comments{/number}`,
    commits: `${url}/commits`,
    statuses: `${repositoryUrl(call)}/statuses/${head.sha}`,
  };
  return {
    url,
    id: request.id,
    node_id: nodeId('PR', request.id),
    html_url: html,
    diff_url: `${html}.diff`,
    patch_url: `${html}.patch`,
    issue_url: issue,
    commits_url: links.commits,
    review_comments_url: links.review_comments,
    review_comment_url: links.review_comment,
    comments_url: links.comments,
    statuses_url: links.statuses,
    number,
    state: closedAt === undefined ? 'open' : 'closed',
    locked: false,
    title: request.title,
    user: user(call, request.author),
    body: request.body,
    labels: [],
    milestone: null,
    created_at: time(request.createdAt),
    updated_at: time(request.updatedAt),
    closed_at: at(closedAt),
    merged_at: at(mergedAs === undefined ? undefined : closedAt),
    merge_commit_sha: mergedAs ?? null,
    assignee: null,
    assignees: [],
    requested_reviewers: [],
    requested_teams: [],
    head,
    base: side(call, request.base),
    _links: Object.fromEntries(Object.entries(links).map(([name, href]) => [name, { href }])),
    author_association: 'CONTRIBUTOR',
    auto_merge: null,
    draft: request.draft,
  };
}

/** A pull request by itself. Whether it can be merged is asked of Git. */
export function pullRequestShape(call: Call, request: PullRequest) {
  const { git, protectedBranches } = call.state;
  const [base, head] = [headOf(git, request.base), headOf(git, request.head)];
  const common = base && head && mergeBase(git, base, head);
  const files = common
    ? changes(git.files(common), git.files(head)).map((it) => fileChange(call, head, it))
    : [];
  const open = request.closedAt === undefined;
  const mergeable = open && common ? git.mergeable(base, head) : null;
  const allowed = protectedBranches.has(request.base) ? 'blocked' : 'clean';
  return {
    ...simplePullRequestShape(call, request),
    merged: request.mergedAs !== undefined,
    mergeable,
    rebaseable: mergeable,
    mergeable_state: mergeable === null ? 'unknown' : mergeable ? allowed : 'dirty',
    merged_by: request.mergedAs === undefined ? null : user(call, request.author),
    comments: 0,
    review_comments: 0,
    maintainer_can_modify: false,
    commits: base && head ? ahead(git, base, head).length : 0,
    additions: files.reduce((sum, it) => sum + it.additions, 0),
    deletions: files.reduce((sum, it) => sum + it.deletions, 0),
    changed_files: files.length,
  };
}

function side(call: Call, branch: string) {
  const [owner = ''] = call.state.repository.split('/');
  const sha = headOf(call.state.git, branch)?.sha ?? '';
  return { label: `${owner}:${branch}`, ref: branch, sha, user: user(call, owner), repo: repository(call) };
}

/** What is under a repository's address, and what its templates go on with. */
const addresses = {
  archive: '/{archive_format}{/ref}',
  assignees: '{/user}',
  branches: '{/branch}',
  collaborators: '{/collaborator}',
  comments: '{/number}',
  commits: '{/sha}',
  contents: '/{+path}',
  contributors: '',
  deployments: '',
  downloads: '',
  events: '',
  forks: '',
  hooks: '',
  issues: '{/number}',
  keys: '{/key_id}',
  labels: '{/name}',
  languages: '',
  merges: '',
  milestones: '{/number}',
  notifications: '{?since,all,participating}',
  pulls: '{/number}',
  releases: '{/id}',
  stargazers: '',
  statuses: '/{sha}',
  subscribers: '',
  subscription: '',
  tags: '',
  teams: '',
} as const;

function repository(call: Call) {
  const { repository: name, defaultBranch } = call.state;
  const [owner = '', short = ''] = name.split('/');
  const [url, html] = [repositoryUrl(call), webUrl(call)];
  const under = Object.entries(addresses).map(([part, rest]) => [`${part}_url`, `${url}/${part}${rest}`]);
  return {
    ...Object.fromEntries(under),
    blobs_url: `${url}/git/blobs{/sha}`,
    compare_url: `${url}/compare/{base}...{head}`,
    git_commits_url: `${url}/git/commits{/sha}`,
    git_refs_url: `${url}/git/refs{/sha}`,
    git_tags_url: `${url}/git/tags{/sha}`,
    trees_url: `${url}/git/trees{/sha}`,
    issue_comment_url: `${url}/issues/comments{/number}`,
    issue_events_url: `${url}/issues/events{/number}`,
    id: 1,
    node_id: nodeId('R', name),
    name: short,
    full_name: name,
    owner: user(call, owner),
    private: true,
    html_url: html,
    description: null,
    fork: false,
    url,
    default_branch: defaultBranch,
    clone_url: `${html}.git`,
    git_url: `git://github.com/${name}.git`,
    ssh_url: `git@github.com:${name}.git`,
    svn_url: html,
    mirror_url: null,
    homepage: null,
    language: null,
    license: null,
    archived: false,
    disabled: false,
    forks: 0,
    forks_count: 0,
    open_issues: 0,
    open_issues_count: 0,
    stargazers_count: 0,
    watchers: 0,
    watchers_count: 0,
    size: 0,
    has_downloads: true,
    has_issues: true,
    has_pages: false,
    has_projects: true,
    has_wiki: true,
    created_at: null,
    pushed_at: null,
    updated_at: null,
  };
}
