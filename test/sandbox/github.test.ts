import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { request } from '@octokit/request';
import {
  createDeployments,
  createGitHub,
  createReleaseRepository,
  createRepository,
} from '@promo-actions/gateways/github';
import { type Sandbox, startSandbox, type World } from '@promo-actions/sandbox';
import { gitHubOperations } from '../../packages/sandbox/src/github/index.ts';
import { answerMistakes, isDocumented, operationOf, requestMistakes } from './github-openapi.ts';

const world: World = {
  github: {
    repository: 'example/orders',
    branches: [
      'main',
      {
        name: 'develop',
        commits: [{ message: 'Add refunds', author: 'ana-dev', files: { 'src/refund.ts': 'refund();\n' } }],
      },
      { name: 'release/v1.4.0', from: 'develop' },
      { name: 'quarrel', commits: [{ message: 'Change it here', files: { VERSION: '9.9.9' } }] },
    ],
    tags: { 'v1.3.0': 'main' },
    releases: [{ tag: 'v1.3.0' }, { tag: 'v1.4.0', draft: true, target: 'release/v1.4.0' }],
    files: { VERSION: '1.4.0\n', 'src/index.ts': 'run();\n' },
    tokens: { writer: 'write', reader: { contents: 'read' } },
  },
};
const at = { owner: 'example', repo: 'orders' };
const seen = new Set<string>();
let sandbox: Sandbox;
let mistakes: string[];

/** A fetch that holds every request and answer against GitHub's own document. */
const checked: typeof fetch = async (input, init) => {
  const url = new URL(String(input));
  const response = await fetch(input, init);
  const operation = operationOf(init?.method ?? 'GET', url.pathname.slice('/github'.length));
  if (response.status < 400) seen.add(operation);
  const body = init?.body === undefined || init.body === null ? '' : await new Response(init.body).text();
  const answer = await response.clone().text();
  const raw = !response.headers.get('content-type')?.includes('application/json');
  if (response.status < 400)
    mistakes.push(
      ...requestMistakes(operation, url.searchParams, body === '' ? undefined : JSON.parse(body)),
    );
  if (!raw || answer === '')
    mistakes.push(
      ...answerMistakes(operation, response.status, answer === '' ? undefined : JSON.parse(answer)),
    );
  return response;
};

/** Octokit, unmodified. */
function octokit(token?: string) {
  return request.defaults({
    baseUrl: `${sandbox.url}/github`,
    headers: token ? { authorization: `Bearer ${token}` } : {},
    request: { fetch: checked },
  });
}
const status = (asked: Promise<{ status: number }>) =>
  asked.then(
    (answer) => answer.status,
    (error: { status: number }) => error.status,
  );
const message = (asked: Promise<unknown>) =>
  asked.then(
    () => 'no error',
    (error: Error) => error.message,
  );

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(async () => {
  await sandbox.close();
  // Whatever the order of the tests: together they ask for every operation. One test alone, by `-t`, does not.
  expect(gitHubOperations.filter((operation) => !seen.has(operation))).toEqual([]);
});
beforeEach(async () => {
  mistakes = [];
  await sandbox.load(world);
});
afterEach(() => {
  expect(mistakes).toEqual([]);
});

describe('who may ask', () => {
  test('nobody without a token, and no token that is not known', async () => {
    const route = 'GET /repos/{owner}/{repo}/tags' as const;
    expect(await message(octokit()(route, at))).toContain('Requires authentication');
    expect(await message(octokit('stranger')(route, at))).toContain('Bad credentials');
    expect(await status(octokit('reader')(route, at))).toBe(200);
  });

  test('a token that may read writes nothing, sees no draft, and is told what is missing', async () => {
    const reader = octokit('reader');
    const refused = reader('POST /repos/{owner}/{repo}/releases', { ...at, tag_name: 'v2.0.0' });
    await expect(refused).rejects.toMatchObject({
      status: 403,
      response: { headers: { 'x-accepted-github-permissions': 'contents=write' } },
    });
    const list = async (token: string) =>
      (await octokit(token)('GET /repos/{owner}/{repo}/releases', at)).data.map(
        (release) => release.tag_name,
      );
    expect(await list('reader')).toEqual(['v1.3.0']);
    expect(await list('writer')).toEqual(['v1.4.0', 'v1.3.0']);
  });

  test('a token can be made with the permissions of a job', async () => {
    const made = await fetch(`${sandbox.url}/_sandbox/github/tokens`, {
      method: 'POST',
      body: JSON.stringify({ token: 'job', permissions: { deployments: 'write' } }),
    });
    expect(made.status).toBe(201);
    expect(await status(octokit('job')('GET /repos/{owner}/{repo}/deployments', at))).toBe(200);
    expect(await status(octokit('job')('GET /repos/{owner}/{repo}/tags', at))).toBe(403);
  });

  test('another repository is not found, and an unknown route is not answered as if it were known', async () => {
    const github = octokit('writer');
    expect(await status(github('GET /repos/{owner}/{repo}/tags', { owner: 'example', repo: 'other' }))).toBe(
      404,
    );
    const answer = await fetch(`${sandbox.url}/github/repos/example/orders/projects`, {
      headers: { authorization: 'Bearer writer' },
    });
    expect(answer.status).toBe(501);
  });
});

describe('refs', () => {
  test('are made, moved forward, forced and deleted', async () => {
    const github = octokit('writer');
    const { data: develop } = await github('GET /repos/{owner}/{repo}/git/ref/{ref}', {
      ...at,
      ref: 'heads/develop',
    });
    const { data: main } = await github('GET /repos/{owner}/{repo}/git/ref/{ref}', {
      ...at,
      ref: 'heads/main',
    });
    const name = { ...at, ref: 'heads/release/v2.0.0' };
    const sha = main.object.sha;
    expect(await status(github('GET /repos/{owner}/{repo}/git/ref/{ref}', name))).toBe(404);
    const make = () =>
      github('POST /repos/{owner}/{repo}/git/refs', { ...at, ref: 'refs/heads/release/v2.0.0', sha });
    expect(await status(make())).toBe(201);
    expect(await message(make())).toContain('Reference already exists');
    expect(await status(github('GET /repos/{owner}/{repo}/git/ref/{ref}', name))).toBe(200);
    const move = (to: string, force = false) =>
      github('PATCH /repos/{owner}/{repo}/git/refs/{ref}', { ...name, sha: to, force });
    expect(await status(move(develop.object.sha))).toBe(200);
    expect(await message(move(sha))).toContain('Update is not a fast forward');
    expect(await status(move(sha, true))).toBe(200);
    const { data: matching } = await github('GET /repos/{owner}/{repo}/git/matching-refs/{ref}', {
      ...at,
      ref: 'heads/release/',
    });
    expect(matching.map((ref) => ref.ref)).toEqual([
      'refs/heads/release/v1.4.0',
      'refs/heads/release/v2.0.0',
    ]);
    expect(await status(github('DELETE /repos/{owner}/{repo}/git/refs/{ref}', name))).toBe(204);
    expect(await status(github('DELETE /repos/{owner}/{repo}/git/refs/{ref}', name))).toBe(422);
  });

  test('an annotated tag names its commit', async () => {
    const github = octokit('writer');
    const { data: main } = await github('GET /repos/{owner}/{repo}/commits/{ref}', { ...at, ref: 'main' });
    const { data: tag } = await github('POST /repos/{owner}/{repo}/git/tags', {
      ...at,
      tag: 'v1.4.0',
      message: 'Release v1.4.0',
      object: main.sha,
      type: 'commit',
    });
    await github('POST /repos/{owner}/{repo}/git/refs', { ...at, ref: 'refs/tags/v1.4.0', sha: tag.sha });
    const { data: ref } = await github('GET /repos/{owner}/{repo}/git/ref/{ref}', {
      ...at,
      ref: 'tags/v1.4.0',
    });
    expect(ref.object).toMatchObject({ type: 'tag', sha: tag.sha });
    const { data: read } = await github('GET /repos/{owner}/{repo}/git/tags/{tag_sha}', {
      ...at,
      tag_sha: tag.sha,
    });
    expect(read.object.sha).toBe(main.sha);
    const { data: tags } = await github('GET /repos/{owner}/{repo}/tags', at);
    expect(tags.map((it) => [it.name, it.commit.sha])).toEqual([
      ['v1.4.0', main.sha],
      ['v1.3.0', main.sha],
    ]);
  });

  test('lists are paged by Link headers that can be followed', async () => {
    const github = octokit('writer');
    const first = await github('GET /repos/{owner}/{repo}/branches', { ...at, per_page: 3 });
    expect(first.data.map((branch) => branch.name)).toEqual(['develop', 'main', 'quarrel']);
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.link ?? '')?.[1] ?? '';
    const second = await fetch(next, { headers: { authorization: 'Bearer writer' } });
    expect(((await second.json()) as { name: string }[]).map((branch) => branch.name)).toEqual([
      'release/v1.4.0',
    ]);
    expect(second.headers.get('link')).toContain('rel="prev"');
    expect(second.headers.get('link')).not.toContain('rel="next"');
  });
});

describe('merges', () => {
  const merge = (base: string, head: string) =>
    octokit('writer')('POST /repos/{owner}/{repo}/merges', { ...at, base, head });

  test('make a merge commit, then say that nothing is left to do', async () => {
    const { data: branch } = await octokit('writer')('GET /repos/{owner}/{repo}/branches/{branch}', {
      ...at,
      branch: 'main',
    });
    const merged = await merge('main', 'release/v1.4.0');
    expect(merged.status).toBe(201);
    expect(merged.data.parents.map((parent) => parent.sha)[0]).toBe(branch.commit.sha);
    expect(merged.data.parents).toHaveLength(2);
    expect(await status(merge('main', 'release/v1.4.0'))).toBe(204);
    expect(
      await status(
        octokit('writer')('GET /repos/{owner}/{repo}/contents/{path}', { ...at, path: 'src/refund.ts' }),
      ),
    ).toBe(200);
  });

  test('tell conflicts and missing ends', async () => {
    const { data: file } = await octokit('writer')('GET /repos/{owner}/{repo}/contents/{path}', {
      ...at,
      path: 'VERSION',
    });
    const sha = Array.isArray(file) ? '' : file.sha;
    const content = Buffer.from('8.8.8').toString('base64');
    await octokit('writer')('PUT /repos/{owner}/{repo}/contents/{path}', {
      ...at,
      path: 'VERSION',
      message: 'There',
      content,
      sha,
    });
    expect(await status(merge('main', 'quarrel'))).toBe(409);
    expect(await message(merge('nowhere', 'main'))).toContain('Base does not exist');
    expect(await message(merge('main', 'nowhere'))).toContain('Head does not exist');
  });

  test('comparison counts both sides', async () => {
    const github = octokit('writer');
    const compare = async (basehead: string) =>
      (await github('GET /repos/{owner}/{repo}/compare/{basehead}', { ...at, basehead })).data;
    const forward = await compare('v1.3.0...release/v1.4.0');
    expect(forward).toMatchObject({ status: 'ahead', ahead_by: 1, behind_by: 0, total_commits: 1 });
    expect(forward.files?.map((it) => [it.filename, it.status])).toEqual([['src/refund.ts', 'added']]);
    expect(await compare('develop...main')).toMatchObject({ status: 'behind', behind_by: 1 });
    expect(await compare('quarrel...develop')).toMatchObject({
      status: 'diverged',
      ahead_by: 1,
      behind_by: 1,
    });
    expect(await compare('main...v1.3.0')).toMatchObject({ status: 'identical' });
  });
});

describe('pull requests', () => {
  const open = (head: string, base: string, more: object = {}) =>
    octokit('writer')('POST /repos/{owner}/{repo}/pulls', { ...at, head, base, title: 'Bring it', ...more });
  const list = async (query: object) =>
    (await octokit('writer')('GET /repos/{owner}/{repo}/pulls', { ...at, ...query })).data.map(
      ({ number }) => number,
    );

  test('are opened, found by their ends, and merged by a merge commit', async () => {
    const github = octokit('writer');
    const { data: made } = await open('release/v1.4.0', 'main', { body: 'All of it' });
    expect(made).toMatchObject({ state: 'open', mergeable: true, commits: 1, changed_files: 1 });
    expect(await message(open('release/v1.4.0', 'main'))).toContain(
      'A pull request already exists for example:release/v1.4.0.',
    );
    await open('develop', 'main');
    expect(await list({ head: 'example:release/v1.4.0' })).toEqual([made.number]);
    expect(await list({ base: 'develop' })).toEqual([]);
    const one = { ...at, pull_number: made.number };
    const renamed = await github('PATCH /repos/{owner}/{repo}/pulls/{pull_number}', { ...one, title: 'Now' });
    expect(renamed.data.title).toBe('Now');
    const wrong = { ...one, sha: '0'.repeat(40) };
    expect(await status(github('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', wrong))).toBe(409);
    const merged = await github('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', one);
    expect(merged.data.merged).toBe(true);
    expect((await github('GET /repos/{owner}/{repo}/pulls/{pull_number}', one)).data).toMatchObject({
      state: 'closed',
      merged: true,
      merge_commit_sha: merged.data.sha,
    });
    expect(await status(github('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', one))).toBe(405);
    // The other one had the same commit, and so came in with it.
    expect([await list({}), await list({ state: 'closed' })]).toEqual([[], [2, 1]]);
  });

  test('between branches that are not there or have the same commits are refused', async () => {
    expect(await message(open('nowhere', 'main'))).toContain('"field":"head"');
    expect(await message(open('develop', 'nowhere'))).toContain('"field":"base"');
    expect(await message(open('main', 'develop'))).toContain('No commits between develop and main');
    const missing = { ...at, pull_number: 9 };
    expect(await status(octokit('writer')('GET /repos/{owner}/{repo}/pulls/{pull_number}', missing))).toBe(
      404,
    );
    expect(await status(octokit('reader')('GET /repos/{owner}/{repo}/pulls', at))).toBe(403);
  });

  test('are the one way into a protected branch', async () => {
    await sandbox.load({
      github: {
        repository: 'example/orders',
        branches: { main: { protected: true }, develop: { files: { VERSION: '2.0.0\n' } } },
      },
    });
    const github = octokit('writer');
    const words = 'Changes must be made through a pull request.';
    const merge = (base: string, head: string) =>
      github('POST /repos/{owner}/{repo}/merges', { ...at, base, head });
    await expect(merge('main', 'develop')).rejects.toMatchObject({ status: 409 });
    expect(await message(merge('main', 'develop'))).toContain(words);
    const file = { ...at, path: 'NEW', message: 'New', content: 'MQ==' };
    expect(await message(github('PUT /repos/{owner}/{repo}/contents/{path}', file))).toContain(words);
    const ref = { ...at, ref: 'heads/main' };
    expect(await message(github('DELETE /repos/{owner}/{repo}/git/refs/{ref}', ref))).toContain(words);
    const { data: branches } = await github('GET /repos/{owner}/{repo}/branches', at);
    expect(branches.map((it) => [it.name, it.protected])).toEqual([
      ['develop', false],
      ['main', true],
    ]);
    const { data: made } = await open('develop', 'main');
    await github('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', {
      ...at,
      pull_number: made.number,
    });
    expect(await status(merge('main', 'develop'))).toBe(204);
  });
});

describe('workflow files', () => {
  test('that no branch has need a permission of their own', async () => {
    await sandbox.load({
      github: {
        repository: 'example/orders',
        files: { '.github/workflows/ci.yml': 'a\n\nb\n' },
        branches: {
          main: { files: { '.github/workflows/ci.yml': 'a\n\nB\n' } },
          'release/v2.0.0': { files: { '.github/workflows/ci.yml': 'A\n\nb\n' } },
          'release/v3.0.0': { files: { 'src/index.ts': 'run();\n' } },
        },
        tokens: {
          job: { contents: 'write' },
          app: { contents: 'write', workflows: 'write' },
        },
      },
    });
    const merge = (token: string, head: string) =>
      octokit(token)('POST /repos/{owner}/{repo}/merges', { ...at, base: 'main', head });
    expect(await message(merge('job', 'release/v2.0.0'))).toContain('without `workflows` permission');
    const release = { ...at, tag_name: 'v2.0.0', target_commitish: 'release/v2.0.0', draft: true };
    const draft = (token: string) => octokit(token)('POST /repos/{owner}/{repo}/releases', release);
    expect([await status(draft('job')), await status(draft('app'))]).toEqual([404, 201]);
    expect(await status(merge('job', 'release/v3.0.0'))).toBe(201);
    expect(await status(merge('app', 'release/v2.0.0'))).toBe(201);
  });
});

describe('contents', () => {
  test('files come as base64 or raw, folders as lists', async () => {
    const github = octokit('reader');
    const file = await github('GET /repos/{owner}/{repo}/contents/{path}', { ...at, path: 'VERSION' });
    expect(file.data).toMatchObject({
      type: 'file',
      encoding: 'base64',
      content: 'MS40LjAK\n',
      sha: '88c5fb891dcf1d1647d2b84bac0630cf9570d213',
    });
    const raw = await github('GET /repos/{owner}/{repo}/contents/{path}', {
      ...at,
      path: 'VERSION',
      mediaType: { format: 'raw' },
    });
    expect(raw.data).toBe('1.4.0\n');
    const folder = await github('GET /repos/{owner}/{repo}/contents/{path}', {
      ...at,
      path: 'src',
      ref: 'develop',
    });
    expect(Array.isArray(folder.data) && folder.data.map((it) => it.name)).toEqual(['index.ts', 'refund.ts']);
    expect(await status(github('GET /repos/{owner}/{repo}/contents/{path}', { ...at, path: 'none' }))).toBe(
      404,
    );
  });

  test('a file is written only over what was read', async () => {
    const github = octokit('writer');
    const write = (path: string, sha?: string) =>
      github('PUT /repos/{owner}/{repo}/contents/{path}', {
        ...at,
        path,
        message: `Write ${path}`,
        content: Buffer.from('2.0.0').toString('base64'),
        ...(sha ? { sha } : {}),
      });
    expect(await status(write('NEW'))).toBe(201);
    expect(await status(write('VERSION'))).toBe(422);
    expect(await status(write('VERSION', '0'.repeat(40)))).toBe(409);
    expect(await status(write('VERSION', '88c5fb891dcf1d1647d2b84bac0630cf9570d213'))).toBe(200);
  });
});

describe('releases', () => {
  test('a draft has no tag until it is published', async () => {
    const github = octokit('writer');
    const { data: list } = await github('GET /repos/{owner}/{repo}/releases', at);
    const draft = list.find((release) => release.draft);
    const id = { ...at, release_id: Number(draft?.id) };
    expect(
      await status(github('GET /repos/{owner}/{repo}/releases/tags/{tag}', { ...at, tag: 'v1.4.0' })),
    ).toBe(404);
    expect(await status(octokit('reader')('GET /repos/{owner}/{repo}/releases/{release_id}', id))).toBe(404);
    expect(
      (await github('GET /repos/{owner}/{repo}/releases/{release_id}', id)).data.published_at,
    ).toBeNull();
    await github('PATCH /repos/{owner}/{repo}/releases/{release_id}', { ...id, draft: false, body: 'Notes' });
    const { data: published } = await github('GET /repos/{owner}/{repo}/releases/tags/{tag}', {
      ...at,
      tag: 'v1.4.0',
    });
    expect(published).toMatchObject({ draft: false, body: 'Notes' });
    const { data: tag } = await github('GET /repos/{owner}/{repo}/git/ref/{ref}', {
      ...at,
      ref: 'tags/v1.4.0',
    });
    const { data: branch } = await github('GET /repos/{owner}/{repo}/git/ref/{ref}', {
      ...at,
      ref: 'heads/release/v1.4.0',
    });
    expect(tag.object.sha).toBe(branch.object.sha);
    expect(await status(github('DELETE /repos/{owner}/{repo}/releases/{release_id}', id))).toBe(204);
    expect(await status(github('GET /repos/{owner}/{repo}/releases/{release_id}', id))).toBe(404);
  });

  test('a tag has one published release and any number of drafts', async () => {
    const github = octokit('writer');
    const create = (more: object) =>
      github('POST /repos/{owner}/{repo}/releases', { ...at, tag_name: 'v1.3.0', ...more });
    expect(await message(create({}))).toContain('already_exists');
    expect(await status(create({ draft: true }))).toBe(201);
    const nowhere = { ...at, tag_name: 'v3.0.0', target_commitish: 'nowhere' };
    expect(await message(github('POST /repos/{owner}/{repo}/releases', nowhere))).toContain(
      'target_commitish',
    );
  });

  test('the latest is the newest that is neither draft nor prerelease', async () => {
    const github = octokit('writer');
    await sandbox.clock.advance(60_000);
    await github('POST /repos/{owner}/{repo}/releases', { ...at, tag_name: 'v1.5.0-rc.1', prerelease: true });
    const latest = async () => (await github('GET /repos/{owner}/{repo}/releases/latest', at)).data.tag_name;
    expect(await latest()).toBe('v1.3.0');
    await github('POST /repos/{owner}/{repo}/releases', { ...at, tag_name: 'v1.5.0' });
    expect(await latest()).toBe('v1.5.0');
  });

  test('notes are made of the commits since the last release', async () => {
    const { data } = await octokit('writer')('POST /repos/{owner}/{repo}/releases/generate-notes', {
      ...at,
      tag_name: 'v1.4.0',
      target_commitish: 'release/v1.4.0',
      previous_tag_name: 'v1.3.0',
    });
    expect(data.body).toContain('* Add refunds by @ana-dev in ');
    expect(data.body).toContain(
      '**Full Changelog**: https://github.com/example/orders/compare/v1.3.0...v1.4.0',
    );
    const { data: release } = await octokit('writer')('POST /repos/{owner}/{repo}/releases', {
      ...at,
      tag_name: 'v1.4.1',
      target_commitish: 'develop',
      draft: true,
      generate_release_notes: true,
    });
    expect(release).toMatchObject({ name: 'v1.4.1', body: expect.stringContaining('Add refunds') });
  });
});

describe('deployments', () => {
  const create = (ref: string, more: object = {}) =>
    octokit('writer')('POST /repos/{owner}/{repo}/deployments', {
      ...at,
      ref,
      environment: 'prod',
      auto_merge: false,
      required_contexts: [],
      ...more,
    });
  const succeed = (id: number) =>
    octokit('writer')('POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
      ...at,
      deployment_id: id,
      state: 'success',
      log_url: 'https://example.com/log',
    });

  test('a success retires the one before it', async () => {
    const github = octokit('writer');
    const ids: number[] = [];
    for (const ref of ['main', 'develop']) {
      const { data } = await create(ref, { payload: { run: '7' }, description: 'v1.4.0' });
      ids.push('id' in data ? Number(data.id) : 0);
      await succeed(ids.at(-1) ?? 0);
    }
    const last = async (id?: number) =>
      (
        await github('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', {
          ...at,
          deployment_id: id ?? 0,
        })
      ).data[0]?.state;
    expect([await last(ids[0]), await last(ids[1])]).toEqual(['inactive', 'success']);
    const { data: list } = await github('GET /repos/{owner}/{repo}/deployments', {
      ...at,
      environment: 'prod',
    });
    expect(list.map((it) => [it.ref, it.payload])).toEqual([
      ['develop', { run: '7' }],
      ['main', { run: '7' }],
    ]);
    const one = { ...at, deployment_id: ids[0] ?? 0 };
    expect(
      (await github('GET /repos/{owner}/{repo}/deployments/{deployment_id}', one)).data.environment,
    ).toBe('prod');
    expect(await status(github('DELETE /repos/{owner}/{repo}/deployments/{deployment_id}', one))).toBe(204);
    expect(
      await status(
        github('DELETE /repos/{owner}/{repo}/deployments/{deployment_id}', { ...one, deployment_id: 7 }),
      ),
    ).toBe(404);
  });

  test('where end users are, nobody but the team retires one', async () => {
    const github = octokit('writer');
    for (const ref of ['main', 'develop']) {
      const { data } = await create(ref, { production_environment: true });
      await succeed('id' in data ? Number(data.id) : 0);
    }
    const { data } = await github('GET /repos/{owner}/{repo}/deployments', at);
    const states = data.map(async ({ id }) => {
      const one = { ...at, deployment_id: Number(id) };
      return (await github('GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses', one)).data[0]
        ?.state;
    });
    expect(await Promise.all(states)).toEqual(['success', 'success']);
  });

  test('what is unknown, unchecked or out of date is not deployed', async () => {
    expect(await message(create('nowhere'))).toContain('No ref found for: nowhere');
    expect(await status(create('main', { required_contexts: ['unit'] }))).toBe(409);
    await octokit('writer')('PUT /repos/{owner}/{repo}/contents/{path}', {
      ...at,
      path: 'NEW',
      message: 'Go on',
      content: 'MQ==',
    });
    expect(await status(create('develop', { auto_merge: true }))).toBe(202);
  });
});

describe('runs', () => {
  test('show the answers of the people who were asked', async () => {
    const answer = {
      run_id: 7001,
      environment: 'prod-approval',
      state: 'approved',
      user: 'ops-lead',
      comment: 'Go',
    };
    const told = await fetch(`${sandbox.url}/_sandbox/github/approvals`, {
      method: 'POST',
      body: JSON.stringify(answer),
    });
    expect(told.status).toBe(201);
    const approvals = (run_id: number) =>
      octokit('writer')('GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals', { ...at, run_id });
    expect((await approvals(7001)).data).toMatchObject([
      {
        state: 'approved',
        user: { login: 'ops-lead' },
        comment: 'Go',
        environments: [{ name: 'prod-approval' }],
      },
    ]);
    expect((await approvals(7002)).data).toEqual([]);
    const wrong = await fetch(`${sandbox.url}/_sandbox/github/approvals`, {
      method: 'POST',
      body: '{"state":"maybe"}',
    });
    expect(wrong.status).toBe(400);
    expect(await wrong.text()).toContain('state:');
  });

  test('check runs belong to their commit', async () => {
    const github = octokit('writer');
    const { data: head } = await github('GET /repos/{owner}/{repo}/commits/{ref}', { ...at, ref: 'develop' });
    const { data: made } = await github('POST /repos/{owner}/{repo}/check-runs', {
      ...at,
      name: 'unit',
      head_sha: head.sha,
      status: 'in_progress',
    });
    expect(made.conclusion).toBeNull();
    const id = { ...at, check_run_id: Number(made.id) };
    await github('PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}', {
      ...id,
      conclusion: 'success',
      output: { title: 'Fine', summary: 'All of it' },
    });
    expect((await github('GET /repos/{owner}/{repo}/check-runs/{check_run_id}', id)).data.status).toBe(
      'completed',
    );
    const { data: runs } = await github('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', {
      ...at,
      ref: 'develop',
      check_name: 'unit',
    });
    expect(runs.check_runs.map((run) => run.conclusion)).toEqual(['success']);
    expect(
      (await github('GET /repos/{owner}/{repo}/commits/{ref}/check-runs', { ...at, ref: 'main' })).data
        .total_count,
    ).toBe(0);
  });
});

describe('the identity of a run', () => {
  test('is told by a token for the audience that was asked for', async () => {
    const { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: token } =
      sandbox.environment();
    const answer = await fetch(`${url}&audience=sts.amazonaws.com&environment=prod`, {
      headers: { authorization: `bearer ${token}` },
    });
    const { value } = (await answer.json()) as { value: string };
    const claims = JSON.parse(Buffer.from(value.split('.')[1] ?? '', 'base64url').toString('utf8'));
    expect(claims).toMatchObject({
      aud: 'sts.amazonaws.com',
      sub: 'repo:example/orders:environment:prod',
      exp: sandbox.clock.now() / 1_000 + 300,
    });
    expect((await fetch(`${url}`)).status).toBe(401);
  });
});

describe('what the actions ask', () => {
  const clock = {
    now: () => 0,
    sleep: (_: number, signal?: AbortSignal) =>
      new Promise<void>((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
  };
  const ask = () => createGitHub({ token: 'writer', clock, apiUrl: `${sandbox.url}/github`, fetch: checked });

  test('of a repository keeps to the document', async () => {
    const repository = createRepository(ask(), 'example/orders');
    expect(await repository.tags()).toEqual(['v1.3.0']);
    expect(await repository.tag('v1.3.0')).toMatch(/^[0-9a-f]{40}$/);
    expect(await repository.tag('v9.9.9+1')).toBeUndefined();
    expect(await repository.branch('release/v1.4.0')).toMatch(/^[0-9a-f]{40}$/);
    expect(await repository.branch('release/v9')).toBeUndefined();
    expect(await repository.releases('v1.4.0')).toMatchObject([{ tag: 'v1.4.0', draft: true }]);
    expect(await repository.fileText('VERSION')).toBe('1.4.0\n');
    expect(await repository.fileText('src/refund.ts', 'develop')).toBe('refund();\n');
    expect(await repository.fileText('src')).toBeUndefined();
  });

  test('of lists longer than a page is all of it', async () => {
    const tags = Object.fromEntries(Array.from({ length: 230 }, (_, index) => [`v1.${index}.0`, 'main']));
    await sandbox.load({ github: { repository: 'example/orders', tags } });
    expect(new Set(await createRepository(ask(), 'example/orders').tags())).toEqual(
      new Set(Object.keys(tags)),
    );
  });

  test('of a release, from its branch to the pull request that merges it back, keeps to the document', async () => {
    const repository = createReleaseRepository(ask(), 'example/orders');
    const develop = (await repository.branch('develop')) ?? '';
    await repository.createBranch('release/v1.5.0', develop);
    const notes = await repository.generateNotes('v1.5.0', 'release/v1.5.0', 'v1.3.0');
    const draft = { tag: 'v1.5.0', target: 'release/v1.5.0', body: notes, prerelease: false };
    const page = await repository.createDraft(draft);
    const merged = await repository.merge('main', develop, 'Release v1.5.0');
    if (typeof merged !== 'object' || !('sha' in merged)) throw new Error(`not merged: ${merged}`);
    expect(await repository.merge('main', develop, 'Release v1.5.0')).toBe('nothing');
    await repository.createTag('v1.5.0', merged.sha, 'Release v1.5.0');
    expect(await repository.tagged('v1.5.0')).toBe(merged.sha);
    expect(await repository.missing('v1.3.0', 'main')).toMatchObject([
      { message: 'Add refunds' },
      { sha: merged.sha, parents: [expect.any(String), develop] },
    ]);
    const published = await repository.updateRelease(page.id, { body: `${notes}\n\nDone`, draft: false });
    expect(await repository.releases('v1.5.0')).toEqual([published]);
    expect(await repository.openPullRequest('main', 'develop')).toBeUndefined();
    const request = { head: 'main', base: 'develop', title: 'Merge main back', body: 'After v1.5.0' };
    const opened = await repository.createPullRequest(request);
    expect(await repository.openPullRequest('main', 'develop')).toEqual(opened);
  });

  test('of deployments keeps to the document', async () => {
    const deployments = createDeployments(ask(), 'example/orders');
    const made = await deployments.create({
      ref: 'main',
      environment: 'prod',
      task: 'deploy',
      description: 'x'.repeat(200),
      payload: { run: '7' },
      production: true,
    });
    await deployments.setStatus(made.id, { state: 'in_progress' });
    await deployments.setStatus(made.id, {
      state: 'success',
      description: 'y'.repeat(200),
      logUrl: 'https://run/1',
      environmentUrl: 'https://prod',
    });
    expect(await deployments.list({ environment: 'prod', task: 'deploy' })).toEqual([made]);
    await expect(
      deployments.create({
        ref: 'nowhere',
        environment: 'prod',
        task: 'deploy',
        description: '',
        payload: {},
      }),
    ).rejects.toThrow(
      'A deployment of `nowhere` to `prod` could not be made in example/orders. GitHub says: No ref found for: nowhere.',
    );
  });
});

test("every operation is one of GitHub's", () => {
  expect(gitHubOperations.filter((operation) => !isDocumented(operation))).toEqual([]);
});
