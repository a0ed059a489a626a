import { execFileSync } from 'node:child_process';
import { afterAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createGit } from './git.ts';
import { changes, history, mergeBase } from './history.ts';
import { type Files, readTree, treesOf } from './objects.ts';
import { person } from './shapes.ts';

const git = createGit('main');
afterAll(() => git.close());
const ask = (...args: readonly string[]): string =>
  execFileSync('git', ['--git-dir', git.open(), ...args], { encoding: 'utf8' });

const name = fc.constantFrom('a', 'a.b', 'a-b', 'a b', 'ab', 'é', 'z', '0', 'B');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/'));
const contents = fc
  .dictionary(path, fc.string(), { maxKeys: 8 })
  .map((all) =>
    Object.fromEntries(
      Object.entries(all).filter(([it]) => !Object.keys(all).some((other) => other.startsWith(`${it}/`))),
    ),
  );
const filesOf = (all: Readonly<Record<string, string>>): Files =>
  new Map(Object.entries(all).map(([it, text]) => [it, { mode: '100644', sha: git.putBlob(text) }]));

test('trees, commits and tags are those that Git itself would have made', () => {
  const examples = fc.sample(contents, { numRuns: 40, seed: 7 });
  let parents: readonly string[] = [];
  for (const [index, example] of examples.entries()) {
    const author = person('release-manager', 1_000 * index);
    const made = git.putCommit({
      parents,
      author,
      message: `Commit ${index}\n\nWhy`,
      files: filesOf(example),
    });
    git.putTag({ tag: `v${index}`, message: 'A tag', target: made.sha, tagger: author });
    parents = [made.sha];
  }
  git.refs.set('heads/main', parents[0] ?? '');
  expect(ask('fsck', '--strict', '--full', '--no-dangling')).toBe('');
  const listed = ask('ls-tree', '-r', '-z', 'main').split('\0').filter(Boolean);
  const last = new Map(Object.entries(examples.at(-1) ?? {}));
  expect(listed.map((line) => line.split('\t')[1]).sort()).toEqual([...last.keys()].sort());
  expect(ask('rev-list', '--count', 'main').trim()).toBe('40');
});

test('a tree is read as it was written', () => {
  fc.assert(
    fc.property(contents, (all) => {
      const files = filesOf(all);
      const made = git.putCommit({ parents: [], author: person('x', 0), message: 'm', files });
      expect(git.files(made)).toEqual(files);
      expect(changes(files, git.files(made))).toEqual([]);
      for (const { object } of treesOf(files))
        expect(readTree(object.body).every(({ sha }) => /^[0-9a-f]{40}$/.test(sha))).toBe(true);
    }),
    { numRuns: 50 },
  );
});

test('of any two commits the newest that both have is found as Git finds it', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(), fc.nat()), { minLength: 2, maxLength: 8 }), (picks) => {
      const files: Files = new Map();
      const root = git.putCommit({ parents: [], author: person('x', 0), message: 'root', files });
      const all = [root];
      for (const [index, [one, other]] of picks.entries()) {
        const parents = [...new Set([all[one % all.length]?.sha ?? '', all[other % all.length]?.sha ?? ''])];
        const author = person('x', 60_000 * (index + 1));
        all.push(git.putCommit({ parents, author, message: `${index}`, files }));
      }
      const [a, b] = [all.at(-1) ?? root, all.at(-2) ?? root];
      const common = mergeBase(git, a, b)?.sha ?? '';
      expect(ask('merge-base', '--all', a.sha, b.sha).split('\n')).toContain(common);
      expect(history(git, a)).toHaveLength(Number(ask('rev-list', '--count', a.sha)));
    }),
    { numRuns: 8 },
  );
});
