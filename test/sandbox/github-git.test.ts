import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { request } from '@octokit/request';
import { type Sandbox, startSandbox, type World } from '@promo-actions/sandbox';

const at = { owner: 'example', repo: 'orders' };
const scratch = mkdtempSync(join(tmpdir(), 'promo-git-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const git = (folder: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-C', folder, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' },
  }).trim();
const github = ({ url }: Sandbox) =>
  request.defaults({ baseUrl: `${url}/github`, headers: { authorization: 'Bearer any' } });
async function folderOf({ url }: Sandbox): Promise<string> {
  const answer = await fetch(`${url}/_sandbox/github/repository`);
  return ((await answer.json()) as { folder: string }).folder;
}
const numbered = (changed: Readonly<Record<number, string>> = {}) =>
  Array.from({ length: 12 }, (_, line) => `${changed[line] ?? `line ${line}`}\n`).join('');

const world: World = {
  github: {
    repository: 'example/orders',
    files: { VERSION: '1.0.0\n', 'src/list.txt': numbered(), 'src.txt': 'beside a folder\n' },
    branches: {
      main: { files: { 'src/list.txt': numbered({ 1: 'changed on main' }) } },
      develop: { commits: [{ message: 'feat: more', author: 'ana-dev', files: { 'docs/a/b.md': 'é\n' } }] },
      apart: { files: { 'src/list.txt': numbered({ 10: 'changed apart' }) } },
      against: { files: { 'src/list.txt': numbered({ 1: 'changed against' }) } },
      'release/v1.1.0': { from: 'develop' },
    },
    tags: { 'v1.0.0': 'main' },
  },
};

test('what the API does, Git sees; what is pushed, the API sees; and nothing stays behind', async () => {
  const sandbox = await startSandbox({ world });
  const folder = await folderOf(sandbox);
  try {
    const merge = (head: string) =>
      github(sandbox)('POST /repos/{owner}/{repo}/merges', { ...at, base: 'main', head });
    const merged = await merge('release/v1.1.0');
    const tag = await github(sandbox)('POST /repos/{owner}/{repo}/git/tags', {
      ...at,
      tag: 'v1.1.0',
      message: 'Release v1.1.0',
      object: merged.data.sha,
      type: 'commit',
    });
    const named = { ...at, ref: 'refs/tags/v1.1.0', sha: tag.data.sha };
    await github(sandbox)('POST /repos/{owner}/{repo}/git/refs', named);

    expect(git(folder, 'fsck', '--strict', '--full')).not.toMatch(/error|warning/);
    expect(git(folder, 'log', '-1', '--format=%s %D', 'main')).toBe(
      'Merge release/v1.1.0 into main HEAD -> main, tag: v1.1.0',
    );
    expect(git(folder, 'cat-file', '-p', 'v1.1.0')).toContain('Release v1.1.0');
    expect(git(folder, 'log', '--format=%an %s', 'v1.0.0..v1.1.0')).toContain('ana-dev feat: more');
    expect(git(folder, 'show', 'main:docs/a/b.md')).toBe('é');

    // Lines apart in one file are merged; the same line is a conflict, and leaves everything as it was.
    expect((await merge('apart')).status).toBe(201);
    const both = numbered({ 1: 'changed on main', 10: 'changed apart' });
    expect(git(folder, 'show', 'main:src/list.txt')).toBe(both.trim());
    const before = git(folder, 'for-each-ref');
    await expect(merge('against')).rejects.toMatchObject({ status: 409 });
    expect(git(folder, 'for-each-ref')).toBe(before);

    const clone = join(scratch, 'clone');
    git(scratch, 'clone', '--quiet', '--branch', 'develop', folder, clone);
    writeFileSync(join(clone, 'pushed.txt'), 'by hand\n');
    git(clone, 'add', '.');
    git(
      clone,
      '-c',
      'user.name=Ana',
      '-c',
      'user.email=ana@example.com',
      'commit',
      '--quiet',
      '-m',
      'By hand',
    );
    git(clone, 'push', '--quiet', 'origin', 'HEAD:refs/heads/by-hand');
    git(folder, 'gc', '--quiet');
    const commit = await github(sandbox)('GET /repos/{owner}/{repo}/commits/{ref}', {
      ...at,
      ref: 'by-hand',
    });
    expect(commit.data).toMatchObject({
      commit: { message: 'By hand', author: { name: 'Ana' } },
      author: null,
      files: [{ filename: 'pushed.txt', additions: 1 }],
    });
  } finally {
    await sandbox.close();
  }
  expect(existsSync(folder)).toBe(false);
}, 30_000);

test('a repository laid out where one wants it stays, comes out the same again, and replaces nothing else', async () => {
  const github = { ...world.github, repository: 'example/orders', 'repository-folder': 'orders.git' };
  const heads: string[] = [];
  for (const _ of [1, 2]) {
    const sandbox = await startSandbox({ world: { github }, folder: scratch });
    expect(await folderOf(sandbox)).toBe(join(scratch, 'orders.git'));
    await sandbox.close();
    heads.push(git(join(scratch, 'orders.git'), 'for-each-ref'));
  }
  expect(heads[0]).toContain('refs/heads/release/v1.1.0');
  expect(heads[1]).toBe(heads[0]);
  writeFileSync(join(scratch, 'mine'), '');
  await expect(
    startSandbox({ world: { github: { ...github, 'repository-folder': '.' } }, folder: scratch }),
  ).rejects.toThrow('holds something that no sandbox made');
  expect(existsSync(join(scratch, 'mine'))).toBe(true);
});

test('where there is no Git, a merge is refused by its name, and all else is done', async () => {
  const { PATH } = process.env;
  const sandbox = await startSandbox({ world });
  try {
    process.env.PATH = scratch;
    const merge = github(sandbox)('POST /repos/{owner}/{repo}/merges', {
      ...at,
      base: 'main',
      head: 'apart',
    });
    await expect(merge).rejects.toMatchObject({ status: 501 });
    await expect(merge).rejects.toThrow('install Git 2.38 or later');
    const tags = await github(sandbox)('GET /repos/{owner}/{repo}/tags', at);
    expect(tags.data.map(({ name }) => name)).toEqual(['v1.0.0']);
  } finally {
    process.env.PATH = PATH;
    await sandbox.close();
  }
});

test('a world whose branches no Git could hold is refused by their names', async () => {
  const named: NonNullable<World['github']>['branches'] = { release: {}, 'release/v1': {} };
  const start = (branches: typeof named) =>
    startSandbox({ world: { github: { repository: 'example/orders', branches } } });
  await expect(start(named)).rejects.toThrow('there cannot be heads/release/v1 beside heads/release');
  await expect(start({ a: { from: 'b' }, b: { from: 'a' } })).rejects.toThrow('branch a is to be at b');
  await expect(start({ a: { files: { x: '', 'x/y': '' } } })).rejects.toThrow(
    'x is to be a file and a folder',
  );
  const written: unknown = { main: {}, develop: { form: 'main' } };
  await expect(start(written as typeof named)).rejects.toThrow(/branches\.develop\.form/);
  await expect(start('main' as unknown as typeof named)).rejects.toThrow(
    'expected branches: a list of names',
  );
});
