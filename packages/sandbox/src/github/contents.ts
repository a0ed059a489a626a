import { headOf, resolve } from './git.ts';
import { type Commit, type Files, treesOf } from './objects.ts';
import { refuseProtected, refuseWorkflows } from './rules.ts';
import { commitShape, person, repositoryUrl, webUrl } from './shapes.ts';
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
  const leaf = call.state.git.files(at).get(path);
  if (leaf === undefined) return ok(folder(call, at, ref, path));
  const content = call.state.git.blob(leaf.sha);
  if (/\braw\b/.test(call.accept)) {
    return {
      status: 200,
      body: content.toString('utf8'),
      headers: { 'content-type': 'application/vnd.github.raw+json; charset=utf-8' },
    };
  }
  const encoded = `${content.toString('base64').replace(/(.{60})/g, '$1\n')}\n`;
  return ok({ ...entry(call, at, ref, path), content: encoded, encoding: 'base64' });
}

function folder(call: Call, at: Commit, ref: string, path: string) {
  const inside = path === '' ? '' : `${path}/`;
  const names = [...call.state.git.files(at).keys()]
    .filter((file) => file.startsWith(inside))
    .map((file) => file.slice(inside.length).split('/')[0]);
  if (names.length === 0) throw notFound();
  return [...new Set(names)].sort().map((name) => entry(call, at, ref, `${inside}${name}`));
}

function entry(call: Call, at: Commit, ref: string, path: string) {
  const files = call.state.git.files(at);
  const leaf = files.get(path);
  const file = leaf !== undefined;
  const sha = leaf?.sha ?? treesOf(under(files, `${path}/`)).at(-1)?.sha;
  const url = `${repositoryUrl(call)}/contents/${path}?ref=${ref}`;
  const git = `${repositoryUrl(call)}/git/${file ? 'blobs' : 'trees'}/${sha}`;
  const html = `${webUrl(call)}/${file ? 'blob' : 'tree'}/${ref}/${path}`;
  return {
    name: path.split('/').at(-1),
    path,
    sha,
    size: leaf ? call.state.git.blob(leaf.sha).length : 0,
    url,
    html_url: html,
    git_url: git,
    download_url: file ? `https://raw.githubusercontent.com/${call.state.repository}/${ref}/${path}` : null,
    type: file ? 'file' : 'dir',
    _links: { self: url, git, html },
  };
}

function under(files: Files, folder: string): Files {
  const inside = [...files].filter(([path]) => path.startsWith(folder));
  return new Map(inside.map(([path, leaf]) => [path.slice(folder.length), leaf]));
}

function write(call: Call): Reply {
  const { state, body, now } = call;
  const path = call.params.path ?? '';
  const branch = optionalText(body, 'branch') ?? state.defaultBranch;
  const message = text(body, 'message');
  const content = Buffer.from(text(body, 'content'), 'base64');
  const head = headOf(state.git, branch);
  if (!head) throw new Refused(404, `Branch ${branch} not found`);
  const there = state.git.files(head);
  const before = there.get(path);
  const expected = optionalText(body, 'sha');
  if (before !== undefined && expected === undefined)
    throw new Refused(422, `Invalid request.\n\n"sha" wasn't supplied.`);
  if (before !== undefined && expected !== before.sha)
    throw new Refused(409, `${path} does not match ${expected}`);
  if ([...there.keys()].some((it) => it.startsWith(`${path}/`) || path.startsWith(`${it}/`)))
    throw new Refused(422, `Invalid request.\n\n${path} is a folder, or lies in a file.`);
  refuseProtected(call, branch);
  const leaf = { mode: before?.mode ?? '100644', sha: state.git.putBlob(content) };
  const files = new Map([...there, [path, leaf]]);
  refuseWorkflows(call, files);
  const author = person('github-actions[bot]', now);
  const made = state.git.putCommit({ parents: [head.sha], message, author, files });
  state.git.refs.set(`heads/${branch}`, made.sha);
  const { commit: inner, ...outer } = commitShape(call, made);
  return {
    status: before === undefined ? 201 : 200,
    body: { content: entry(call, made, branch, path), commit: { ...outer, ...inner, sha: made.sha } },
  };
}
