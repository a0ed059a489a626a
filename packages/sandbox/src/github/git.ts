import { type Bare, layOut } from './bare.ts';
import {
  blobOf,
  type Commit,
  commitOf,
  type Files,
  type GitObject,
  type Named,
  type Person,
  readCommit,
  readTag,
  readTree,
  type TagObject,
  tagOf,
  treesOf,
} from './objects.ts';

export interface Target {
  readonly type: 'commit' | 'tag';
  readonly sha: string;
}

/** Refs by their name without `refs/`: `heads/main`, `tags/v1.0.0`. */
export interface Refs {
  has(name: string): boolean;
  get(name: string): Target | undefined;
  set(name: string, sha: string): void;
  /** Whether it was there. */
  delete(name: string): boolean;
  /** Sorted by name, those alone that begin so. */
  list(start: string): readonly (readonly [string, Target])[];
}

/** A Git repository: in memory until somebody uses it, from then on a bare one on disk. */
export interface Git {
  readonly refs: Refs;
  commit(sha: string): Commit | undefined;
  tagObject(sha: string): TagObject | undefined;
  blob(sha: string): Buffer;
  files(commit: Commit): Files;
  putBlob(content: string | Buffer): string;
  putCommit(made: Omit<Commit, 'sha' | 'tree'> & { readonly files: Files }): Commit;
  putTag(made: Omit<TagObject, 'sha'>): TagObject;
  /** Merges by a commit of two parents. @throws GitMissing */
  merge(ours: Commit, theirs: Commit, author: Person, message: string): Commit | 'conflict';
  /** Whether Git would merge without a person. @throws GitMissing */
  mergeable(ours: Commit, theirs: Commit): boolean;
  /** Lays it out on disk at the first use; later sees what was pushed since. Answers with its folder. */
  open(): string;
  close(): void;
}

/** `folder` is where to lay it out; by default in a temporary one that `close` removes. */
export function createGit(defaultBranch: string, folder?: string): Git {
  const objects = new Map<string, GitObject>();
  const read = { commits: new Map<string, Commit>(), trees: new Map<string, Files>() };
  let named = new Map<string, string>();
  let bare: Bare | undefined;

  const object = (sha: string): GitObject | undefined => {
    if (!/^[0-9a-f]{40}$/.test(sha)) return undefined;
    const found = objects.get(sha) ?? bare?.read(sha);
    if (found) objects.set(sha, found);
    return found;
  };
  const put = ({ sha, object: made }: Named): string => {
    if (!object(sha)) bare?.write(sha, made);
    objects.set(sha, made);
    return sha;
  };
  const commit = (sha: string): Commit | undefined => {
    const known = read.commits.get(sha);
    if (known) return known;
    const found = object(sha);
    if (found?.kind !== 'commit') return undefined;
    const made = readCommit(sha, found.body);
    read.commits.set(sha, made);
    return made;
  };
  const tree = (sha: string): Files => {
    const known = read.trees.get(sha);
    if (known) return known;
    const entries = readTree(object(sha)?.body ?? Buffer.alloc(0));
    const files = entries.flatMap(({ name, mode, sha: of }) =>
      mode === '40000'
        ? [...tree(of)].map(([path, leaf]) => [`${name}/${path}`, leaf] as const)
        : [[name, { mode, sha: of }] as const],
    );
    const whole = new Map(files);
    read.trees.set(sha, whole);
    return whole;
  };
  const open = (): Bare => {
    if (bare) {
      named = new Map(bare.refs());
      return bare;
    }
    bare = layOut(folder, defaultBranch, named);
    for (const [sha, made] of objects) bare.write(sha, made);
    return bare;
  };
  const mergeTree = (ours: Commit, theirs: Commit) => open().mergeTree(ours.sha, theirs.sha);
  const putCommit = (made: Omit<Commit, 'sha'>): Commit => {
    const sha = put(commitOf(made));
    return commit(sha) ?? { ...made, sha };
  };
  const target = (sha: string): Target => ({ type: object(sha)?.kind === 'tag' ? 'tag' : 'commit', sha });

  return {
    refs: {
      has: (name) => named.has(name),
      get(name) {
        const sha = named.get(name);
        return sha === undefined ? undefined : target(sha);
      },
      set(name, sha) {
        bare?.setRef(name, sha);
        named.set(name, sha);
      },
      delete(name) {
        bare?.deleteRef(name);
        return named.delete(name);
      },
      list: (start) =>
        [...named]
          .filter(([name]) => name.startsWith(start))
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, sha]) => [name, target(sha)] as const),
    },
    commit,
    tagObject(sha) {
      const found = object(sha);
      return found?.kind === 'tag' ? readTag(sha, found.body) : undefined;
    },
    blob: (sha) => object(sha)?.body ?? Buffer.alloc(0),
    files: ({ tree: sha }) => tree(sha),
    putBlob: (content) => put(blobOf(content)),
    putCommit({ files, ...made }) {
      const shas = treesOf(files).map(put);
      return putCommit({ ...made, tree: shas.at(-1) ?? '' });
    },
    putTag(made) {
      const sha = put(tagOf(made));
      return { ...made, sha };
    },
    merge(ours, theirs, author, message) {
      const merged = mergeTree(ours, theirs);
      if (merged === 'conflict') return merged;
      return putCommit({ tree: merged.tree, parents: [ours.sha, theirs.sha], author, message });
    },
    mergeable: (ours, theirs) => mergeTree(ours, theirs) !== 'conflict',
    open: () => open().folder,
    close: () => bare?.close(),
  };
}

/** The commit that a branch, tag, full ref or SHA names. */
export function resolve(git: Git, name: string): Commit | undefined {
  const bare = name.replace(/^refs\//, '');
  const target = git.refs.get(bare) ?? git.refs.get(`heads/${bare}`) ?? git.refs.get(`tags/${bare}`);
  const sha = target?.type === 'tag' ? git.tagObject(target.sha)?.target : (target?.sha ?? name);
  return sha === undefined ? undefined : git.commit(sha);
}

/** The ref that stands in the way of another's name: where there is `heads/a`, there cannot be `heads/a/b`. */
export function inTheWay(git: Git, name: string): string | undefined {
  return git.refs.list('').find(([it]) => it.startsWith(`${name}/`) || name.startsWith(`${it}/`))?.[0];
}

/** The commit at the head of a branch. */
export function headOf(git: Git, branch: string): Commit | undefined {
  return git.refs.has(`heads/${branch}`) ? resolve(git, `heads/${branch}`) : undefined;
}
