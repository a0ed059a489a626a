import { blobSha, type Commit, commit, resolve, treeSha } from './git.ts';
import { commitShape, repositoryUrl, webUrl } from './shapes.ts';
import { type Call, notFound, ok, optionalText, Refused, type Reply, type Route, text } from './wire.ts';

/** Files and folders at a ref, and writing one file. */
export const contentRoutes: readonly Route[] = [
  {
    operation: 'GET /repos/{owner}/{repo}/contents/{path}',
    permission: 'contents: read',
    handle: read,
  },
  {
    operation: 'PUT /repos/{owner}/{repo}/contents/{path}',
    permission: 'contents: write',
    handle: write,
  },
];

function read(call: Call): Reply {
  const ref = call.query.get('ref') ?? call.state.defaultBranch;
  const at = resolve(call.state.git, ref);
  if (!at) throw new Refused(404, `No commit found for the ref ${ref}`);
  const path = (call.params.path ?? '').replace(/\/+$/, '');
  const content = at.files.get(path);
  if (content === undefined) return ok(folder(call, at, ref, path));
  if (/\braw\b/.test(call.accept)) {
    return {
      status: 200,
      body: content,
      headers: { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' },
    };
  }
  const encoded = `${Buffer.from(content)
    .toString('base64')
    .replace(/(.{60})/g, '$1\n')}\n`;
  return ok({ ...entry(call, at, ref, path), content: encoded, encoding: 'base64' });
}

function folder(call: Call, at: Commit, ref: string, path: string) {
  const inside = path === '' ? '' : `${path}/`;
  const names = [...at.files.keys()]
    .filter((file) => file.startsWith(inside))
    .map((file) => file.slice(inside.length).split('/')[0]);
  if (names.length === 0) throw notFound();
  return [...new Set(names)].sort().map((name) => entry(call, at, ref, `${inside}${name}`));
}

function entry(call: Call, at: Commit, ref: string, path: string) {
  const content = at.files.get(path);
  const file = content !== undefined;
  const under = new Map([...at.files].filter(([each]) => each.startsWith(`${path}/`)));
  const sha = file ? blobSha(content) : treeSha(under);
  const url = `${repositoryUrl(call)}/contents/${path}?ref=${ref}`;
  const git = `${repositoryUrl(call)}/git/${file ? 'blobs' : 'trees'}/${sha}`;
  const html = `${webUrl(call)}/${file ? 'blob' : 'tree'}/${ref}/${path}`;
  return {
    name: path.split('/').at(-1),
    path,
    sha,
    size: file ? Buffer.byteLength(content) : 0,
    url,
    html_url: html,
    git_url: git,
    download_url: file ? `https://raw.githubusercontent.com/${call.state.repository}/${ref}/${path}` : null,
    type: file ? 'file' : 'dir',
    _links: { self: url, git, html },
  };
}

function write(call: Call): Reply {
  const { state, body, now } = call;
  const path = call.params.path ?? '';
  const branch = optionalText(body, 'branch') ?? state.defaultBranch;
  const message = text(body, 'message');
  const content = Buffer.from(text(body, 'content'), 'base64').toString('utf8');
  const head = state.git.refs.has(`heads/${branch}`) ? resolve(state.git, `heads/${branch}`) : undefined;
  if (!head) throw new Refused(404, `Branch ${branch} not found`);
  const before = head.files.get(path);
  const expected = optionalText(body, 'sha');
  if (before !== undefined && expected === undefined)
    throw new Refused(422, `Invalid request.\n\n"sha" wasn't supplied.`);
  if (before !== undefined && expected !== blobSha(before))
    throw new Refused(409, `${path} does not match ${expected}`);
  const files = new Map([...head.files, [path, content]]);
  const made = commit(state.git, {
    parents: [head.sha],
    message,
    author: 'github-actions[bot]',
    at: now,
    files,
  });
  state.git.refs.set(`heads/${branch}`, { type: 'commit', sha: made.sha });
  const { commit: inner, ...outer } = commitShape(call, made);
  return {
    status: before === undefined ? 201 : 200,
    body: { content: entry(call, made, branch, path), commit: { ...outer, ...inner, sha: made.sha } },
  };
}
