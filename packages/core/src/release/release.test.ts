import { describe, expect, test } from '@jest/globals';
import type { ReleasePage, ReleaseRepository } from './ports.ts';
import { release } from './release.ts';
import type { ReleaseOrder, Stage } from './stage.ts';

const order = (stage: Stage): ReleaseOrder => ({
  stage,
  version: 'v1.4.0',
  releaseBranch: 'release/v1.4.0',
  base: 'develop',
  productionBranch: 'main',
  developmentBranch: 'develop',
  notes: 'commits',
  dryRun: false,
});

interface There {
  readonly branches?: readonly string[];
  readonly tag?: string;
  /** `base...head` of which the head has what the base lacks. */
  readonly ahead?: readonly string[];
  readonly page?: ReleasePage;
}

/** A repository that lets itself be read alone. */
function repositoryOf({ branches = ['main', 'develop'], tag, ahead = [], page }: There): ReleaseRepository {
  const unused = (): never => {
    throw new Error('changed, or asked without need');
  };
  return {
    name: 'example/orders',
    branch: async (name) => (branches.includes(name) ? `sha-of-${name}` : undefined),
    tagged: async () => tag,
    tags: async () => (tag ? ['v1.3.0', 'v1.4.0'] : ['v1.3.0']),
    missing: async (base, head) =>
      ahead.includes(`${base}...${head}`) ? [{ sha: 'a', message: 'm', parents: [] }] : [],
    compareUrl: (base, head) => `https://github.test/compare/${base}...${head}`,
    releases: async () => (page ? [page] : []),
    updateRelease: async (id, { body, draft }) => ({ id, body, draft, url: 'https://github.test/v1.4.0' }),
    ...{ createBranch: unused, createTag: unused, createDraft: unused, createPullRequest: unused },
    ...{ merge: unused, generateNotes: unused, openPullRequest: unused },
  };
}
const all = ['main', 'develop', 'release/v1.4.0'];

test('a release branch that is there says what its base got since', async () => {
  const told = async (there: There) => (await release(order('branch'), repositoryOf(there))).message;
  expect(await told({ branches: all })).toBe('Branch release/v1.4.0 is there, at sha-of-.');
  expect(await told({ branches: all, ahead: ['release/v1.4.0...develop'] })).toContain(
    'develop has 1 commit(s) that it has not: merge what belongs to the release.',
  );
  expect(await told({ branches: ['main', 'release/v1.4.0'] })).toContain('is there');
});

describe('a release branch that is gone', () => {
  test('is not missed where its merge is tagged', async () => {
    const done = await release(order('merge'), repositoryOf({ tag: 'abcdefghi' }));
    expect(done).toMatchObject({ changed: false, sha: 'abcdefghi' });
    const elsewhere = repositoryOf({ tag: 'abcdefghi', ahead: ['main...abcdefghi'] });
    await expect(release(order('merge'), elsewhere)).rejects.toThrow('already on another commit, abcdefg');
  });

  test('is to be restored where a pull request may have merged it', async () => {
    await expect(release(order('merge'), repositoryOf({}))).rejects.toThrow(
      /`release\/v1\.4\.0` does not exist.*restore it on the page of the pull request/,
    );
  });
});

test('a tag on another commit is told before a draft is made of it', async () => {
  const there = { branches: all, tag: 'abcdefghi', ahead: ['abcdefghi...release/v1.4.0'] };
  await expect(release(order('draft'), repositoryOf(there))).rejects.toThrow(
    /Tag v1\.4\.0 .* is already on another commit, abcdefg.*take the next version/,
  );
});

test('what is published is compared by tags, which stay when branches are deleted', async () => {
  const page = { id: 7, draft: true, url: 'u', body: 'Compare: https://x/compare/v1.3.0...release/v1.4.0' };
  const there = { tag: 'abcdefghi', page };
  const { release: shown } = await release(order('publish'), repositoryOf(there));
  expect(shown?.body).toBe('Compare: https://x/compare/v1.3.0...v1.4.0');
});
