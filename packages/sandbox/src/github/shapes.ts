import type { Change } from './history.ts';
import type { Commit, Person } from './objects.ts';
import type { Call } from './wire.ts';

/** ISO 8601 to the second, as GitHub writes times. */
export function time(at: number): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

/** GitHub's opaque global IDs. */
export function nodeId(kind: string, id: string | number): string {
  return `${kind}_${Buffer.from(String(id)).toString('base64url')}`;
}

export function repositoryUrl({ api, state }: Pick<Call, 'api' | 'state'>): string {
  return `${api}/repos/${state.repository}`;
}

export function webUrl({ state }: Pick<Call, 'state'>): string {
  return `https://github.com/${state.repository}`;
}

export function user(call: Pick<Call, 'api'>, login: string) {
  const url = `${call.api}/users/${login}`;
  return {
    login,
    id: 1_000_000 + [...login].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 1_000_003, 7),
    node_id: nodeId('U', login),
    avatar_url: `https://avatars.githubusercontent.com/${login}`,
    gravatar_id: '',
    url,
    html_url: `https://github.com/${login}`,
    followers_url: `${url}/followers`,
    following_url: `${url}/following{/other_user}`,
    gists_url: `${url}/gists{/gist_id}`,
    starred_url: `${url}/starred{/owner}{/repo}`,
    subscriptions_url: `${url}/subscriptions`,
    organizations_url: `${url}/orgs`,
    repos_url: `${url}/repos`,
    events_url: `${url}/events{/privacy}`,
    received_events_url: `${url}/received_events`,
    type: login.endsWith('[bot]') ? 'Bot' : 'User',
    site_admin: false,
  };
}

const noReply = 'users.noreply.github.com';

/** A login as the author of a commit. */
export function person(login: string, at: number): Person {
  return { name: login, email: `${login}@${noReply}`, at };
}

/** Known by its address alone, as GitHub knows it. */
export function loginOf({ email }: Person): string | undefined {
  return email.endsWith(`@${noReply}`)
    ? email.slice(0, -noReply.length - 1).replace(/^\d+\+/, '')
    : undefined;
}

const unsigned = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null };

export function commitShape(call: Call, commit: Commit) {
  const { name, email, at } = commit.author;
  const person = { name, email, date: time(at) };
  const login = loginOf(commit.author);
  const account = login === undefined ? null : user(call, login);
  const url = `${repositoryUrl(call)}/commits/${commit.sha}`;
  return {
    sha: commit.sha,
    node_id: nodeId('C', commit.sha),
    commit: {
      author: person,
      committer: person,
      message: commit.message,
      tree: { sha: commit.tree, url: `${repositoryUrl(call)}/git/trees/${commit.tree}` },
      url: `${repositoryUrl(call)}/git/commits/${commit.sha}`,
      comment_count: 0,
      verification: unsigned,
    },
    url,
    html_url: `${webUrl(call)}/commit/${commit.sha}`,
    comments_url: `${url}/comments`,
    author: account,
    committer: account,
    parents: commit.parents.map((sha) => ({
      sha,
      url: `${repositoryUrl(call)}/commits/${sha}`,
      html_url: `${webUrl(call)}/commit/${sha}`,
    })),
  };
}

export function fileChange(call: Call, head: Commit, { path, status, before, after }: Change) {
  const lines = (blob: string | undefined) => {
    const content = blob === undefined ? '' : call.state.git.blob(blob).toString('utf8');
    return content === '' ? [] : content.replace(/\n$/, '').split('\n');
  };
  const [old, fresh] = [lines(before), lines(after)];
  const additions = fresh.filter((line) => !old.includes(line)).length;
  const deletions = old.filter((line) => !fresh.includes(line)).length;
  return {
    sha: after ?? before ?? '',
    filename: path,
    status,
    additions,
    deletions,
    changes: additions + deletions,
    blob_url: `${webUrl(call)}/blob/${head.sha}/${path}`,
    raw_url: `${webUrl(call)}/raw/${head.sha}/${path}`,
    contents_url: `${repositoryUrl(call)}/contents/${path}?ref=${head.sha}`,
  };
}

export { unsigned };
