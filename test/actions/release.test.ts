import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { request } from '@octokit/request';
import { type Sandbox, startSandbox, type World } from '@promo-actions/sandbox';
import { runAction, type StepRun } from '../bundle/run.ts';

const repository = { owner: 'example', repo: 'tenant-service' };
const world: World = {
  accounts: { sit: { id: '111111111111', region: 'af-south-1' } },
  github: {
    repository: 'example/tenant-service',
    files: { VERSION: '1.3.0\n' },
    branches: [
      'main',
      {
        name: 'develop',
        commits: [
          { message: 'feat: tenants by name', files: { 'a.js': '1' } },
          { message: 'fix: answer 404', files: { 'b.js': '1' } },
        ],
      },
      { name: 'release/v2.0.0', from: 'main', commits: [{ message: 'Two', files: { VERSION: '2.0.0\n' } }] },
      { name: 'production', from: 'main', commits: [{ message: 'Other', files: { VERSION: '1.9.9\n' } }] },
      { name: 'release/v3.0.0', from: 'main', commits: [{ message: 'Three', files: { 'c.js': '3' } }] },
    ],
    tags: { 'v1.3.0': 'main', 'v3.0.0': 'develop' },
    releases: [{ tag: 'v1.3.0' }],
    tokens: { writer: 'write', reader: { contents: 'read' } },
  },
};
/** Where things stand in the way: both sides changed VERSION, production takes pull requests alone, workflows differ. */
const hardWorld: World = {
  ...world,
  github: {
    repository: 'example/tenant-service',
    files: { VERSION: '1.3.0\n', '.github/workflows/ci.yml': 'on: push\n\njobs: {}\n' },
    branches: {
      main: { files: { VERSION: '1.4.1\n', '.github/workflows/ci.yml': 'on: push\n\njobs: { a: {} }\n' } },
      develop: { files: { VERSION: '1.5.0\n' } },
      production: { protected: true },
      'release/v1.6.0': { files: { 'new.js': '1\n' } },
      'release/v1.7.0': { files: { '.github/workflows/ci.yml': 'on: pull_request\n\njobs: {}\n' } },
    },
    tags: { 'v1.3.0': 'production' },
    tokens: {
      writer: 'write',
      job: { contents: 'write', 'pull-requests': 'write' },
      'no-requests': { contents: 'write' },
    },
  },
};
let sandbox: Sandbox;
/** The sandbox's own bare repository. */
let folder: string;
beforeAll(async () => {
  sandbox = await startSandbox({ world });
  folder = await repositoryFolder();
});
afterAll(() => sandbox.close());

const release = (inputs: Readonly<Record<string, string>>): Promise<StepRun> =>
  runAction('release', {
    inputs: { version: 'v1.4.0', token: 'writer', ...inputs },
    sandbox: sandbox.environment('111111111111'),
  });
/** Runs a stage and tells which calls changed something. */
async function writesOf(inputs: Readonly<Record<string, string>>) {
  const before = sandbox.journal().length;
  const run = await release(inputs);
  const writes = sandbox
    .journal()
    .slice(before)
    .map((entry) => entry.operation.replace('/repos/{owner}/{repo}', ''))
    .filter((operation) => !operation.startsWith('GET') && !operation.endsWith('generate-notes'));
  return { run, writes };
}
const said = (run: StepRun) => run.annotations.map(({ message }) => message).join('\n');
/** GitHub seen from outside, by octokit unmodified. */
const github = () =>
  request.defaults({ baseUrl: `${sandbox.url}/github`, headers: { authorization: 'Bearer writer' } });

test('a release goes through its stages, and each of them repeated changes nothing', async () => {
  const stages = [
    { inputs: { stage: 'branch' }, writes: ['POST /git/refs'] },
    { inputs: { stage: 'draft', notes: 'commits' }, writes: ['POST /releases'] },
    { inputs: { stage: 'merge' }, writes: ['POST /merges', 'POST /git/tags', 'POST /git/refs'] },
    {
      inputs: { stage: 'publish', 'extra-notes': 'Deployed by run 7.' },
      writes: ['PATCH /releases/{release_id}'],
    },
    { inputs: { stage: 'backport' }, writes: ['POST /merges'] },
  ];
  for (const { inputs, writes } of stages) {
    const planned = await writesOf({ ...inputs, 'dry-run': 'true' });
    expect([planned.run.code, planned.writes, planned.run.outputs.changed]).toEqual([0, [], 'false']);
    const first = await writesOf(inputs);
    expect([said(first.run), first.writes, first.run.outputs.changed]).toEqual(['', writes, 'true']);
    const again = await writesOf(inputs);
    expect([again.run.code, again.writes, again.run.outputs.changed]).toEqual([0, [], 'false']);
  }

  const main = await github()('GET /repos/{owner}/{repo}/commits/{ref}', { ...repository, ref: 'main' });
  const branch = await github()('GET /repos/{owner}/{repo}/git/ref/{ref}', {
    ...repository,
    ref: 'heads/release/v1.4.0',
  });
  expect(main.data.parents.at(1)?.sha).toBe(branch.data.object.sha);
  const tag = await github()('GET /repos/{owner}/{repo}/git/ref/{ref}', {
    ...repository,
    ref: 'tags/v1.4.0',
  });
  expect(tag.data.object.type).toBe('tag');
  const shown = await github()('GET /repos/{owner}/{repo}/releases/tags/{tag}', {
    ...repository,
    tag: 'v1.4.0',
  });
  expect(shown.data.draft).toBe(false);
  expect(shown.data.body).toContain('### Features\n- tenants by name');
  expect(shown.data.body).toContain('/compare/v1.3.0...v1.4.0');
  expect(shown.data.body?.match(/Deployed by run 7\./g)).toHaveLength(1);

  // As anybody with Git sees it: the branch, the merge, the tag upon it, and the merge back.
  const log = (branch: string) => git('log', '--first-parent', '--format=%s%d', branch).split('\n');
  expect(log('main')).toEqual([
    'Release v1.4.0: merge release/v1.4.0 (HEAD -> main, tag: v1.4.0)',
    'Initial commit (tag: v1.3.0)',
  ]);
  expect(log('develop')).toEqual([
    'Merge main back after v1.4.0 (develop)',
    'fix: answer 404 (tag: v3.0.0, release/v1.4.0)',
    'feat: tenants by name',
    'Initial commit (tag: v1.3.0)',
  ]);
  expect(git('cat-file', '-t', 'v1.4.0')).toBe('tag');
}, 60_000);

test('a merge that died before its tag is tagged at the merge commit, though production went on', async () => {
  sandbox.inject({
    service: 'github',
    operation: 'POST /repos/{owner}/{repo}/git/tags',
    status: 403,
    code: 'Forbidden',
    times: 1,
  });
  await github()('POST /repos/{owner}/{repo}/git/refs', {
    ...repository,
    ref: 'refs/heads/release/v2.1.0',
    sha: (await head('release/v2.0.0')) ?? '',
  });
  const died = await release({ stage: 'merge', version: 'v2.1.0' });
  expect(died.code).toBe(1);
  expect(said(died)).toMatch(
    /Changed before this: main has release\/v2\.1\.0 as \w{7}, its tag perhaps not made/,
  );
  const merged = await head('main');
  await github()('PUT /repos/{owner}/{repo}/contents/{path}', {
    ...repository,
    path: 'later.txt',
    message: 'Later',
    content: 'eA==',
  });
  const again = await release({ stage: 'merge', version: 'v2.1.0' });
  expect([again.code, again.outputs.sha]).toEqual([0, merged]);
}, 30_000);

test('what cannot be done is told in plain words', async () => {
  const conflict = await release({
    stage: 'merge',
    version: 'v2.0.0',
    'production-branch': 'production',
  });
  expect(said(conflict)).toContain(
    'release/v2.0.0 cannot be merged into production of example/tenant-service',
  );
  const other = await release({ stage: 'merge', version: 'v3.0.0' });
  expect(said(other)).toContain('Tag v3.0.0 of example/tenant-service is already on another commit');
  const nobody = await release({ stage: 'branch', version: 'v4.0.0', base: 'nowhere' });
  expect(said(nobody)).toContain('Branch `nowhere` does not exist in example/tenant-service.');
  const untagged = await release({ stage: 'publish', version: 'v4.0.0' });
  expect(said(untagged)).toContain('shows no release of v4.0.0');
  const reader = await release({ stage: 'branch', version: 'v4.0.0', token: 'reader' });
  expect(said(reader)).toContain('`contents: write`');
}, 60_000);

describe('where things stand in the way', () => {
  beforeAll(async () => {
    await sandbox.load(hardWorld);
    folder = await repositoryFolder();
  });

  test('what cannot be merged back directly is brought by a pull request, and a person settles it', async () => {
    const backport = (token: string) => writesOf({ stage: 'backport', version: 'v1.4.1', token });
    const refused = await backport('no-requests');
    expect(refused.run.code).toBe(1);
    expect(said(refused.run)).toContain(
      'The pull requests into `develop` of example/tenant-service could not',
    );
    expect(said(refused.run)).toContain('`permissions:` with `pull-requests: read`');
    expect(git('branch', '--list', 'backport/*')).toBe('');
    sandbox.inject({
      service: 'github',
      operation: 'POST /repos/{owner}/{repo}/pulls',
      status: 403,
      code: 'Forbidden',
      message: 'GitHub Actions is not permitted to create or approve pull requests.',
      times: 1,
    });
    const forbidden = await backport('job');
    expect(said(forbidden.run)).toContain('"Allow GitHub Actions to create and approve pull requests"');
    expect(said(forbidden.run)).toContain('Changed before this: branch backport/v1.4.1 was made');

    const first = await backport('job');
    const url = 'https://github.com/example/tenant-service/pull/1';
    expect([first.run.code, first.run.outputs.changed, first.run.outputs['pull-request-url']]).toEqual([
      0,
      'true',
      url,
    ]);
    expect(said(first.run)).toContain(
      'main cannot be merged into develop directly (both changed the same lines): pull request #1 was opened for v1.4.1.',
    );
    const again = await backport('job');
    expect([again.run.outputs.changed, again.run.outputs['pull-request-url']]).toEqual(['false', url]);
    expect(again.writes).toEqual(['POST /merges']);

    await write('main', 'later.txt', 'x');
    const later = await backport('job');
    expect(later.run.outputs.changed).toBe('true');
    expect(said(later.run)).toContain('pull request #1 is open, and has what main has now');

    // A person settles it: the branch takes the side of production, then the merge button.
    await write('develop', 'VERSION', '1.4.1\n');
    await github()('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', { ...repository, pull_number: 1 });
    const done = await backport('job');
    expect([done.run.outputs.changed, done.writes]).toEqual(['false', []]);
    expect(git('log', '-1', '--format=%s', 'develop')).toBe(
      'Merge pull request #1 from example/backport/v1.4.1',
    );
  }, 60_000);

  test('a protected production is merged by a pull request, and tagged by the next run', async () => {
    const merge = () =>
      release({ stage: 'merge', version: 'v1.6.0', 'production-branch': 'production', token: 'job' });
    const refused = await merge();
    expect(refused.code).toBe(1);
    expect(said(refused)).toContain('Changes must be made through a pull request');
    expect(said(refused)).toContain('let the app whose token this is bypass its rules, or merge by a pull');
    const back = { stage: 'backport', version: 'v1.4.1', 'development-branch': 'production' };
    const brought = await release({ ...back, token: 'job' });
    expect(said(brought)).toContain('main cannot be merged into production directly (it is protected)');
    expect([brought.code, brought.outputs['pull-request-url']]).toEqual([
      0,
      'https://github.com/example/tenant-service/pull/2',
    ]);

    const ends = { head: 'release/v1.6.0', base: 'production' };
    const { data: opened } = await github()('POST /repos/{owner}/{repo}/pulls', {
      ...repository,
      ...ends,
      title: 'Release v1.6.0',
    });
    await github()('PUT /repos/{owner}/{repo}/pulls/{pull_number}/merge', {
      ...repository,
      pull_number: opened.number,
    });
    const merged = await merge();
    expect([said(merged), merged.outputs.sha]).toEqual(['', await head('production')]);
    expect(git('rev-parse', 'v1.6.0^{commit}')).toBe(merged.outputs.sha);
  }, 30_000);

  test('workflow files that a token may not touch are named', async () => {
    const words = 'use an app token with `workflows: write`';
    const merged = await release({ stage: 'merge', version: 'v1.7.0', token: 'job' });
    expect(said(merged)).toContain('refusing to allow a GitHub App to create or update workflow');
    expect(said(merged)).toContain(words);
    expect(said(await release({ stage: 'draft', version: 'v1.7.0', token: 'job' }))).toContain(words);
  }, 30_000);
});

test('every wrong input is named at once, and nothing is called', async () => {
  const { run, writes } = await writesOf({
    stage: 'backport',
    version: '1.4',
    base: 'main',
    'extra-notes': 'x',
    'development-branch': 'main',
  });
  expect([run.code, writes]).toEqual([1, []]);
  for (const input of ['version', 'base', 'extra-notes', 'development-branch'])
    expect(said(run)).toContain(`  ${input}: `);
});

async function repositoryFolder(): Promise<string> {
  const answer = await fetch(`${sandbox.url}/_sandbox/github/repository`);
  return ((await answer.json()) as { folder: string }).folder;
}

/** The repository seen by Git itself. */
function git(...args: readonly string[]): string {
  return execFileSync('git', ['--git-dir', folder, ...args], { encoding: 'utf8' }).trim();
}

async function write(branch: string, path: string, content: string): Promise<void> {
  const at = { ...repository, path };
  const there = await github()('GET /repos/{owner}/{repo}/contents/{path}', { ...at, ref: branch }).catch(
    () => undefined,
  );
  const sha = there && 'sha' in there.data ? there.data.sha : undefined;
  await github()('PUT /repos/{owner}/{repo}/contents/{path}', {
    ...at,
    branch,
    message: `Write ${path}`,
    content: Buffer.from(content).toString('base64'),
    ...(sha ? { sha } : {}),
  });
}

async function head(branch: string): Promise<string | undefined> {
  const { data } = await github()('GET /repos/{owner}/{repo}/git/ref/{ref}', {
    ...repository,
    ref: `heads/${branch}`,
  });
  return data.object.sha;
}
