import { headOf, inTheWay, resolve, type Target } from './git.ts';
import { ahead, changes, holds, mergeBase } from './history.ts';
import { mergeBranches } from './merge.ts';
import { refuseProtected } from './rules.ts';
import { commitShape, fileChange, nodeId, person, repositoryUrl, time, unsigned, webUrl } from './shapes.ts';
import {
  type Call,
  created,
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
      const found = call.state.git.refs.list(start);
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
      const other = inTheWay(call.state.git, name);
      if (other) throw new Refused(422, `Reference update failed: 'refs/${other}' exists`);
      call.state.git.refs.set(name, target.sha);
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
      refuseProtected(call, name.replace(/^heads\//, ''), 422);
      const [old, fresh] = [git.commit(before.sha), git.commit(target.sha)];
      const forward = old !== undefined && fresh !== undefined && holds(git, fresh, old);
      if (!forward && !optionalFlag(call.body, 'force'))
        throw new Refused(422, 'Update is not a fast forward');
      git.refs.set(name, target.sha);
      return ok(refShape(call, name, target));
    },
  },
  {
    operation: 'DELETE /repos/{owner}/{repo}/git/refs/{ref}',
    permission: 'contents: write',
    handle(call) {
      const name = call.params.ref ?? '';
      refuseProtected(call, name.replace(/^heads\//, ''), 422);
      if (!call.state.git.refs.delete(name)) throw new Refused(422, 'Reference does not exist');
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
      if (!git.commit(target)) throw new Refused(422, 'Object does not exist');
      const given = (call.body.tagger ?? {}) as { name?: string; email?: string; date?: string };
      const bot = person('github-actions[bot]', call.now);
      const tagger = {
        name: given.name ?? bot.name,
        email: given.email ?? bot.email,
        at: given.date === undefined ? bot.at : Date.parse(given.date),
      };
      const { sha } = git.putTag({ tag, message, target, tagger });
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
      const names = call.state.git.refs
        .list('tags/')
        .map(([name]) => name)
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
      return paged(call, '/branches', call.state.git.refs.list('heads/'), ([full, { sha }]) => {
        const name = full.slice('heads/'.length);
        return {
          name,
          commit: { sha, url: `${repositoryUrl(call)}/commits/${sha}` },
          protected: call.state.protectedBranches.has(name),
        };
      });
    },
  },
  {
    operation: 'GET /repos/{owner}/{repo}/branches/{branch}',
    permission: 'contents: read',
    handle(call) {
      const name = call.params.branch ?? '';
      const head = headOf(call.state.git, name);
      if (!head) throw new Refused(404, 'Branch not found');
      const self = `${repositoryUrl(call)}/branches/${name}`;
      return ok({
        name,
        commit: commitShape(call, head),
        _links: { self, html: `${webUrl(call)}/tree/${name}` },
        protected: call.state.protectedBranches.has(name),
        protection: {
          enabled: call.state.protectedBranches.has(name),
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
      const { git } = call.state;
      const parent = git.commit(found.parents[0] ?? '');
      const before = parent ? git.files(parent) : new Map();
      const files = changes(before, git.files(found)).map((it) => fileChange(call, found, it));
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
  if (state.git.commit(sha)) return { type: 'commit', sha };
  if (state.git.tagObject(sha)) return { type: 'tag', sha };
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
  const found = call.state.git.tagObject(sha);
  if (!found) throw notFound();
  const { tag, message, target } = found;
  const { name, email, at } = found.tagger;
  return {
    node_id: nodeId('TA', sha),
    sha,
    url: `${repositoryUrl(call)}/git/tags/${sha}`,
    tagger: { name, email, date: time(at) },
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
      files: changes(git.files(common), git.files(head)).map((it) => fileChange(call, head, it)),
    },
  };
}

/** Always a merge commit, as `--no-ff` makes; nothing when the head is already part of the base. */
function merge(call: Call) {
  const [baseName, headName] = [text(call.body, 'base'), text(call.body, 'head')];
  const base = headOf(call.state.git, baseName);
  if (!base) throw new Refused(404, 'Base does not exist');
  const head = resolve(call.state.git, headName);
  if (!head) throw new Refused(404, 'Head does not exist');
  if (holds(call.state.git, base, head)) return nothing;
  refuseProtected(call, baseName);
  const message = optionalText(call.body, 'commit_message') ?? `Merge ${headName} into ${baseName}`;
  const made = mergeBranches(call, { base, baseName, head, message });
  if (made === 'conflict') throw new Refused(409, 'Merge conflict');
  return created(commitShape(call, made));
}
