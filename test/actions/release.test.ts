import { afterAll, beforeAll, expect, test } from '@jest/globals';
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
let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = await startSandbox({ world });
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
  expect(shown.data.body).toContain('/compare/v1.3.0...release/v1.4.0');
  expect(shown.data.body?.match(/Deployed by run 7\./g)).toHaveLength(1);
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
  sandbox.inject({
    service: 'github',
    operation: 'POST /repos/{owner}/{repo}/merges',
    status: 403,
    code: 'Forbidden',
    message: 'refusing to allow a GitHub App to create or update workflow without `workflows` permission',
    times: 1,
  });
  const workflow = await release({ stage: 'merge', version: 'v2.0.0' });
  expect(said(workflow)).toContain('use an app token with `workflows: write`');
  sandbox.inject({
    service: 'github',
    operation: 'POST /repos/{owner}/{repo}/releases',
    status: 404,
    code: 'NotFound',
    message: 'Not Found',
    times: 1,
  });
  const notShown = await release({ stage: 'draft', version: 'v2.0.0' });
  expect(said(notShown)).toContain('use an app token with `workflows: write`');
}, 60_000);

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

async function head(branch: string): Promise<string | undefined> {
  const { data } = await github()('GET /repos/{owner}/{repo}/git/ref/{ref}', {
    ...repository,
    ref: `heads/${branch}`,
  });
  return data.object.sha;
}
