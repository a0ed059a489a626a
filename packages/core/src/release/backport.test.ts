import { expect, test } from '@jest/globals';
import { OutsideError } from '../errors/index.ts';
import type { MergeAnswer, ReleaseRepository } from './ports.ts';
import { release } from './release.ts';
import type { ReleaseOrder } from './stage.ts';

const order: ReleaseOrder = {
  stage: 'backport',
  version: 'v1.4.1',
  releaseBranch: 'release/v1.4.1',
  base: 'develop',
  productionBranch: 'main',
  developmentBranch: 'develop',
  notes: 'generate',
  dryRun: false,
};
const rules = new OutsideError({ what: 'main could not be merged', remedy: 'Use a pull request.' });

interface There {
  /** What merging production answers, by the branch that is to take it. */
  readonly merges: Readonly<Record<string, MergeAnswer>>;
  readonly branches?: readonly string[];
  /** Branches that have not all of production. */
  readonly behind?: readonly string[];
  readonly open?: boolean;
}

/** A repository as far as a merge back looks at it; every change of it is kept. */
function repositoryOf({ merges, branches = [], behind = [], open = false }: There) {
  const done: string[] = [];
  const page = { number: 7, url: 'https://github.test/pull/7' };
  const unused = (): never => {
    throw new Error('not asked by a merge back');
  };
  const repository: ReleaseRepository = {
    name: 'example/orders',
    branch: async (name) => (['main', 'develop', ...branches].includes(name) ? `sha-of-${name}` : undefined),
    missing: async (base) =>
      ['develop', ...behind].includes(base) ? [{ sha: 'a', message: 'm', parents: [] }] : [],
    compareUrl: (base, head) => `https://github.test/compare/${base}...${head}`,
    merge: async (base) => {
      const answer = merges[base] ?? 'nothing';
      if (typeof answer === 'object' && 'sha' in answer) done.push(`merge into ${base}`);
      return answer;
    },
    createBranch: async (name, sha) => void done.push(`branch ${name} at ${sha}`),
    openPullRequest: async () => (open ? page : undefined),
    createPullRequest: async ({ head, base }) => {
      done.push(`request ${head} into ${base}`);
      return page;
    },
    tagged: unused,
    tags: unused,
    createTag: unused,
    releases: unused,
    createDraft: unused,
    generateNotes: unused,
    updateRelease: unused,
  };
  return { repository, done };
}

test.each<[string, There, readonly string[], RegExp]>([
  [
    'goes in directly',
    { merges: { develop: { sha: 'abcdefghi' } } },
    ['merge into develop'],
    /at abcdefg\.$/,
  ],
  [
    'is in conflict: a branch and a request are made',
    { merges: { develop: 'conflict' } },
    ['branch backport/v1.4.1 at sha-of-main', 'request backport/v1.4.1 into develop'],
    /\(both changed the same lines\): pull request #7 was opened/,
  ],
  [
    'may not go in directly',
    { merges: { develop: { protected: rules } } },
    ['branch backport/v1.4.1 at sha-of-main', 'request backport/v1.4.1 into develop'],
    /\(it is protected\)/,
  ],
  [
    'died after its branch',
    { merges: { develop: 'conflict' }, branches: ['backport/v1.4.1'] },
    ['request backport/v1.4.1 into develop'],
    /was opened/,
  ],
  [
    'waits for a person already',
    { merges: { develop: 'conflict' }, branches: ['backport/v1.4.1'], open: true },
    [],
    /pull request #7 is open for v1\.4\.1/,
  ],
  [
    'waits while production goes on',
    {
      merges: { develop: 'conflict', 'backport/v1.4.1': { sha: 'abcdefghi' } },
      branches: ['backport/v1.4.1'],
      behind: ['backport/v1.4.1'],
      open: true,
    },
    ['merge into backport/v1.4.1'],
    /is open, and has what main has now/,
  ],
])('a merge back that %s', async (_, there, done, message) => {
  const seen = repositoryOf(there);
  const result = await release(order, seen.repository);
  expect(seen.done).toEqual(done);
  expect(result.changed).toBe(done.length > 0);
  expect(result.message).toMatch(message);
  expect(result.pullRequest?.url).toBe(
    /pull request/.test(result.message) ? 'https://github.test/pull/7' : undefined,
  );
});

test('what production got since may be in conflict with what a person settled, and is told by that branch', async () => {
  const { repository, done } = repositoryOf({
    merges: { develop: 'conflict', 'backport/v1.4.1': 'conflict' },
    branches: ['backport/v1.4.1'],
    behind: ['backport/v1.4.1'],
    open: true,
  });
  await expect(release(order, repository)).rejects.toThrow('main cannot be merged into backport/v1.4.1');
  expect(done).toEqual([]);
});

test('a production that takes pull requests alone refuses the merge of a release in its own words', async () => {
  const { repository } = repositoryOf({
    merges: { main: { protected: rules } },
    branches: ['release/v1.4.1'],
  });
  const merging = { ...repository, tagged: async () => undefined };
  await expect(release({ ...order, stage: 'merge' }, merging)).rejects.toBe(rules);
});
