import { ahead, changes, commit, history, mergeBase, mergeFiles, resolve, sha1, type Target } from './git.ts';
import { commitShape, fileChange, nodeId, repositoryUrl, time, unsigned, webUrl } from './shapes.ts';
import {
  type Call,
  created,
  invalid,
  notFound,
  nothing,
  ok,
  optionalFlag,
  optionalText,
  paged,
  Refused,
  type Route,
  slice,
  text,
  word,
} from './wire.ts';

/** Refs, tags, branches, commits, comparison and merges. */
export const refRoutes: readonly Route[] = [
  {
    operation: 'GET /repos/{owner}/{repo}/git/ref/{ref}',
    permission: 'contents: read',
    handle(call) {
      const name = call.params.ref ?? '';
      const target = call.state.git.refs.get(name);
      if (!target) throw notFound();
      return ok(refShape(call, name, target));
    },
  },
  {
    operation: 'GET /repos/{owner}/{repo}/git/matching-refs/{ref}',
    permission: 'contents: read',
    handle(call) {
      const start = call.params.ref ?? '';
      const found = [...call.state.git.refs].filter(([name]) => name.startsWith(start)).sort();
      return ok(found.map(([name, target]) => refShape(call, name, target)));
    },
  },
  {
    operation: 'POST /repos/{owner}/{repo}/git/refs',
    permission: 'contents: write',
    handle(call) {
      const full = text(call.body, 'ref');
      const target = objectNamed(call, text(call.body, 'sha'));
      if (!/^refs\/[^/]+\/.+/.test(full))
        throw new Refused(
          422,
          "Reference name must start with 'refs/' and contain at least three slash-separated components.",
        );
      if (/[\s~^:?*[\\]|\.\.|\/$|\.lock$|@\{/.test(full))
        throw new Refused(422, `${full} is not a valid ref name.`);
      const name = full.slice('refs/'.length);
      if (call.state.git.refs.has(name)) throw new Refused(422, 'Reference already exists');
      call.state.git.refs.set(name, target);
      return created(refShape(call, name, target));
    },
  },
  {
    operation: 'PATCH /repos/{owner}/{repo}/git/refs/{ref}',
    permission: 'contents: write',
    handle(call) {
      const { git } = call.state;
      const name = call.params.ref ?? '';
      const before = git.refs.get(name);
      if (!before) throw new Refused(422, 'Reference does not exist');
      const target = objectNamed(call, text(call.body, 'sha'));
      const [old, fresh] = [git.commits.get(before.sha), git.commits.get(target.sha)];
      const forward = old !== undefined && fresh !== undefined && history(git, fresh).includes(old);
      if (!forward && !optionalFlag(call.body, 'force'))
        throw new Refused(422, 'Update is not a fast forward');
      git.refs.set(name, target);
      return ok(refShape(call, name, target));
    },
  },
  {
    operation: 'DELETE /repos/{owner}/{repo}/git/refs/{ref}',
    permission: 'contents: write',
    handle(call) {
      if (!call.state.git.refs.delete(call.params.ref ?? ''))
        throw new Refused(422, 'Reference does not exist');
      return nothing;
    },
  },
  {
    operation: 'POST /repos/{owner}/{repo}/git/tags',
    permission: 'contents: write',
    handle(call) {
      const { git } = call.state;
      const tag = text(call.body, 'tag');
      const message = text(call.body, 'message');
      const target = text(call.body, 'object');
      word(call.body, 'type', ['commit', 'tree', 'blob'] as const);
      if (!git.commits.has(target)) throw new Refused(422, 'Object does not exist');
      const given = (call.body.tagger ?? {}) as { name?: string; email?: string; date?: string };
      const tagger = {
        name: given.name ?? 'github-actions[bot]',
        email: given.email ?? 'github-actions[bot]@users.noreply.github.com',
        date: given.date ?? time(call.now),
      };
      const sha = sha1('tag', tag, message, target, tagger.date);
      git.tagObjects.set(sha, { sha, tag, message, target, tagger });
      return created(tagObjectShape(call, sha));
    },
  },
  {
    operation: 'GET /repos/{owner}/{repo}/git/tags/{tag_sha}',
    permission: 'contents: read',
    handle: (call) => ok(tagObjectShape(call, call.params.tag_sha ?? '')),
  },
  {
    operation: 'GET /repos/{owner}/{repo}/tags',
    permission: 'contents: read',
    handle(call) {
      const names = [...call.state.git.refs.keys()]
        .filter((name) => name.startsWith('tags/'))
        .sort()
        .reverse();
      return paged(call, '/tags', names, (full) => {
        const name = full.slice('tags/'.length);
        const sha = resolve(call.state.git, full)?.sha ?? '';
        return {
          name,
          zipball_url: `${repositoryUrl(call)}/zipball/refs/tags/${name}`,
          tarball_url: `${repositoryUrl(call)}/tarball/refs/tags/${name}`,
          commit: { sha, url: `${repositoryUrl(call)}/commits/${sha}` },
          node_id: nodeId('REF', full),
        };
      });
    },
  },
  {
    operation: 'GET /repos/{owner}/{repo}/branches',
    permission: 'contents: read',
    handle(call) {
      const heads = [...call.state.git.refs].filter(([name]) => name.startsWith('heads/')).sort();
      return paged(call, '/branches', heads, ([full, { sha }]) => ({
        name: full.slice('heads/'.length),
        commit: { sha, url: `${repositoryUrl(call)}/commits/${sha}` },
        protected: false,
      }));
    },
  },
  {
    operation: 'GET /repos/{owner}/{repo}/branches/{branch}',
    permission: 'contents: read',
    handle(call) {
      const name = call.params.branch ?? '';
      const head = call.state.git.refs.has(`heads/${name}`) && resolve(call.state.git, `heads/${name}`);
      if (!head) throw new Refused(404, 'Branch not found');
      const self = `${repositoryUrl(call)}/branches/${name}`;
      return ok({
        name,
        commit: commitShape(call, head),
        _links: { self, html: `${webUrl(call)}/tree/${name}` },
        protected: false,
        protection: {
          enabled: false,
          required_status_checks: { enforcement_level: 'off', contexts: [], checks: [] },
        },
        protection_url: `${self}/protection`,
      });
    },
  },
  {
    operation: 'GET /repos/{owner}/{repo}/compare/{basehead}',
    permission: 'contents: read',
    handle: compare,
  },
  {
    operation: 'GET /repos/{owner}/{repo}/commits/{ref}',
    permission: 'contents: read',
    handle(call) {
      const found = resolve(call.state.git, call.params.ref ?? '');
      if (!found) throw new Refused(422, `No commit found for SHA: ${call.params.ref}`);
      const parent = call.state.git.commits.get(found.parents[0] ?? '');
      const files = changes(parent?.files ?? new Map(), found.files).map((it) => fileChange(call, found, it));
      return ok({ ...commitShape(call, found), files });
    },
  },
  {
    operation: 'POST /repos/{owner}/{repo}/merges',
    permission: 'contents: write',
    handle: merge,
  },
];

function objectNamed({ state }: Call, sha: string): Target {
  if (state.git.commits.has(sha)) return { type: 'commit', sha };
  if (state.git.tagObjects.has(sha)) return { type: 'tag', sha };
  throw new Refused(422, 'Object does not exist');
}

function refShape(call: Call, name: string, { type, sha }: Target) {
  return {
    ref: `refs/${name}`,
    node_id: nodeId('REF', name),
    url: `${repositoryUrl(call)}/git/refs/${name}`,
    object: { sha, type, url: `${repositoryUrl(call)}/git/${type}s/${sha}` },
  };
}

function tagObjectShape(call: Call, sha: string) {
  const found = call.state.git.tagObjects.get(sha);
  if (!found) throw notFound();
  const { tag, message, target, tagger } = found;
  return {
    node_id: nodeId('TA', sha),
    sha,
    url: `${repositoryUrl(call)}/git/tags/${sha}`,
    tagger,
    object: { sha: target, type: 'commit', url: `${repositoryUrl(call)}/git/commits/${target}` },
    tag,
    message,
    verification: unsigned,
  };
}

function compare(call: Call) {
  const { git } = call.state;
  const [baseName = '', headName = ''] = (call.params.basehead ?? '').split('...');
  const [base, head] = [resolve(git, baseName), resolve(git, headName)];
  const common = base && head && mergeBase(git, base, head);
  if (!common) throw notFound();
  const [forward, behind] = [ahead(git, base, head), ahead(git, head, base).length];
  const both = behind > 0 ? 'diverged' : 'ahead';
  const { body: commits, headers } = slice(
    call.query,
    `${repositoryUrl(call)}/compare/${call.params.basehead}`,
    forward,
  );
  const web = `${webUrl(call)}/compare/${baseName}...${headName}`;
  return {
    status: 200,
    headers,
    body: {
      url: `${repositoryUrl(call)}/compare/${baseName}...${headName}`,
      html_url: web,
      permalink_url: `${webUrl(call)}/compare/${base.sha.slice(0, 7)}...${head.sha.slice(0, 7)}`,
      diff_url: `${web}.diff`,
      patch_url: `${web}.patch`,
      base_commit: commitShape(call, base),
      merge_base_commit: commitShape(call, common),
      status: forward.length > 0 ? both : behind > 0 ? 'behind' : 'identical',
      ahead_by: forward.length,
      behind_by: behind,
      total_commits: forward.length,
      commits: commits.map((it) => commitShape(call, it)),
      files: changes(common.files, head.files).map((it) => fileChange(call, head, it)),
    },
  };
}

/** Always a merge commit, as `--no-ff` makes; nothing when the head is already part of the base. */
function merge(call: Call) {
  const { git } = call.state;
  const [baseName, headName] = [text(call.body, 'base'), text(call.body, 'head')];
  const base = git.refs.has(`heads/${baseName}`) ? resolve(git, `heads/${baseName}`) : undefined;
  if (!base) throw new Refused(404, 'Base does not exist');
  const head = resolve(git, headName);
  if (!head) throw new Refused(404, 'Head does not exist');
  const common = mergeBase(git, base, head);
  if (common === head) return nothing;
  if (!common)
    throw invalid({ resource: 'Merge', code: 'custom', message: 'The histories have nothing in common' });
  const files = mergeFiles(common.files, base.files, head.files);
  if ('conflicts' in files) throw new Refused(409, 'Merge conflict');
  const message = optionalText(call.body, 'commit_message') ?? `Merge ${headName} into ${baseName}`;
  const made = commit(git, {
    parents: [base.sha, head.sha],
    message,
    author: 'github-actions[bot]',
    at: call.now,
    files,
  });
  git.refs.set(`heads/${baseName}`, { type: 'commit', sha: made.sha });
  return created(commitShape(call, made));
}
