import { resolve } from './git.ts';
import { ahead, history } from './history.ts';
import { refuseReleaseOfWorkflows } from './rules.ts';
import { loginOf, nodeId, repositoryUrl, time, user, webUrl } from './shapes.ts';
import type { Release } from './state.ts';
import {
  type Body,
  type Call,
  created,
  invalid,
  notFound,
  nothing,
  ok,
  optionalFlag,
  optionalText,
  paged,
  type Reply,
  type Route,
  text,
} from './wire.ts';

/** Releases, with drafts for those who may push, and generated notes. */
export const releaseRoutes: readonly Route[] = [
  {
    operation: 'GET /repos/{owner}/{repo}/releases',
    permission: 'contents: read',
    handle(call) {
      const visible = [...call.state.releases.values()].filter((release) => call.mayPush || !release.draft);
      return paged(call, '/releases', visible.sort(newestFirst), (release) => releaseShape(call, release));
    },
  },
  {
    operation: 'GET /repos/{owner}/{repo}/releases/latest',
    permission: 'contents: read',
    handle(call) {
      const [latest] = published(call).filter((release) => !release.prerelease);
      if (!latest) throw notFound();
      return ok(releaseShape(call, latest));
    },
  },
  {
    operation: 'GET /repos/{owner}/{repo}/releases/tags/{tag}',
    permission: 'contents: read',
    handle(call) {
      const found = published(call).find((release) => release.tag === call.params.tag);
      if (!found) throw notFound();
      return ok(releaseShape(call, found));
    },
  },
  {
    operation: 'POST /repos/{owner}/{repo}/releases/generate-notes',
    permission: 'contents: write',
    handle: (call) => ok(notes(call, text(call.body, 'tag_name'), call.body)),
  },
  {
    operation: 'POST /repos/{owner}/{repo}/releases',
    permission: 'contents: write',
    handle: create,
  },
  {
    operation: 'GET /repos/{owner}/{repo}/releases/{release_id}',
    permission: 'contents: read',
    handle: (call) => ok(releaseShape(call, named(call))),
  },
  {
    operation: 'PATCH /repos/{owner}/{repo}/releases/{release_id}',
    permission: 'contents: write',
    handle(call) {
      const release = named(call);
      const next = { ...release, ...given(call) };
      refuseSecond(call, next, release.id);
      if (release.draft && !next.draft) publish(call, next);
      Object.assign(release, next);
      return ok(releaseShape(call, release));
    },
  },
  {
    operation: 'DELETE /repos/{owner}/{repo}/releases/{release_id}',
    permission: 'contents: write',
    handle(call) {
      call.state.releases.delete(named(call).id);
      return nothing;
    },
  },
];

const newestFirst = (a: Release, b: Release) => b.createdAt - a.createdAt || b.id - a.id;

function published({ state }: Call): readonly Release[] {
  return [...state.releases.values()].filter((release) => !release.draft).sort(newestFirst);
}

function named({ state, params, mayPush }: Call): Release {
  const release = state.releases.get(Number(params.release_id));
  if (!release || (release.draft && !mayPush)) throw notFound();
  return release;
}

/** The fields that the body gives, and no others. */
function given({ body }: Call): Partial<Release> {
  const fields = {
    tag: optionalText(body, 'tag_name'),
    target: optionalText(body, 'target_commitish'),
    name: optionalText(body, 'name'),
    body: optionalText(body, 'body'),
    draft: optionalFlag(body, 'draft'),
    prerelease: optionalFlag(body, 'prerelease'),
  };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

function create(call: Call): Reply {
  const { state, body, now } = call;
  const tag = text(body, 'tag_name');
  const generated = optionalFlag(body, 'generate_release_notes') ? notes(call, tag, body) : undefined;
  const asked = given(call);
  const release: Release = {
    id: state.nextId(),
    target: state.defaultBranch,
    draft: false,
    prerelease: false,
    author: 'github-actions[bot]',
    createdAt: now,
    publishedAt: undefined,
    ...asked,
    tag,
    name: asked.name ?? generated?.name ?? null,
    body: [asked.body, generated?.body].filter(Boolean).join('\n\n'),
  };
  refuseSecond(call, release, release.id);
  const target = resolve(state.git, release.target);
  if (!target) throw invalid({ resource: 'Release', code: 'invalid', field: 'target_commitish' });
  if (!state.git.refs.has(`tags/${tag}`)) refuseReleaseOfWorkflows(call, state.git.files(target));
  if (!release.draft) publish(call, release);
  state.releases.set(release.id, release);
  return created(releaseShape(call, release));
}

/** A tag has one published release; drafts do not count, as on GitHub. */
function refuseSecond(call: Call, { tag, draft }: Release, id: number): void {
  const taken = published(call).some((release) => release.tag === tag && release.id !== id);
  if (taken && !draft) throw invalid({ resource: 'Release', code: 'already_exists', field: 'tag_name' });
}

/** Publishing makes the tag where there is none. */
function publish({ state, now }: Call, release: Release): void {
  const name = `tags/${release.tag}`;
  if (!state.git.refs.has(name)) {
    const target = resolve(state.git, release.target);
    if (!target) throw invalid({ resource: 'Release', code: 'invalid', field: 'target_commitish' });
    state.git.refs.set(name, target.sha);
  }
  release.publishedAt = now;
}

function notes(call: Call, tag: string, body: Body): { readonly name: string; readonly body: string } {
  const { git, defaultBranch } = call.state;
  const head = resolve(git, tag) ?? resolve(git, optionalText(body, 'target_commitish') ?? defaultBranch);
  if (!head) throw invalid({ resource: 'Release', code: 'invalid', field: 'target_commitish' });
  const previous =
    optionalText(body, 'previous_tag_name') ?? published(call).find((release) => release.tag !== tag)?.tag;
  const before = previous === undefined ? undefined : resolve(git, `tags/${previous}`);
  if (previous !== undefined && !before)
    throw invalid({ resource: 'Release', code: 'invalid', field: 'previous_tag_name' });
  const commits = before ? ahead(git, before, head) : [...history(git, head)].reverse();
  const lines = commits.map(
    ({ message, author, sha }) =>
      `* ${message.split('\n')[0]} by @${loginOf(author) ?? author.name} in ${sha.slice(0, 7)}`,
  );
  const range = previous === undefined ? `commits/${tag}` : `compare/${previous}...${tag}`;
  const changed = lines.length > 0 ? `## What's Changed\n${lines.join('\n')}\n\n` : '';
  return { name: tag, body: `${changed}**Full Changelog**: ${webUrl(call)}/${range}` };
}

function releaseShape(call: Call, release: Release) {
  const url = `${repositoryUrl(call)}/releases/${release.id}`;
  const page = release.draft ? `untagged-${release.id}` : release.tag;
  const ball = (kind: string) => (release.draft ? null : `${repositoryUrl(call)}/${kind}/${release.tag}`);
  return {
    url,
    assets_url: `${url}/assets`,
    upload_url: `${url}/assets{?name,label}`,
    html_url: `${webUrl(call)}/releases/tag/${page}`,
    id: release.id,
    author: user(call, release.author),
    node_id: nodeId('RE', release.id),
    tag_name: release.tag,
    target_commitish: release.target,
    name: release.name,
    draft: release.draft,
    immutable: false,
    prerelease: release.prerelease,
    created_at: time(release.createdAt),
    updated_at: time(release.publishedAt ?? release.createdAt),
    published_at: release.publishedAt === undefined ? null : time(release.publishedAt),
    assets: [],
    tarball_url: ball('tarball'),
    zipball_url: ball('zipball'),
    body: release.body,
  };
}
