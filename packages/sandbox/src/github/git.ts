import { createHash } from 'node:crypto';

export type Files = ReadonlyMap<string, string>;

export interface Commit {
  readonly sha: string;
  /** The first one is the branch that was committed to. */
  readonly parents: readonly string[];
  readonly message: string;
  /** A login. */
  readonly author: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly files: Files;
}

/** An annotated tag. */
export interface TagObject {
  readonly sha: string;
  readonly tag: string;
  readonly message: string;
  readonly target: string;
  readonly tagger: { readonly name: string; readonly email: string; readonly date: string };
}

export interface Target {
  readonly type: 'commit' | 'tag';
  readonly sha: string;
}

/** A repository's objects and refs (`heads/main`, `tags/v1.0.0`); whole trees stand in for Git's own. */
export interface Git {
  readonly commits: Map<string, Commit>;
  readonly tagObjects: Map<string, TagObject>;
  readonly refs: Map<string, Target>;
}

export function createGit(): Git {
  return { commits: new Map(), tagObjects: new Map(), refs: new Map() };
}

export function sha1(...parts: readonly (string | number)[]): string {
  return createHash('sha1').update(JSON.stringify(parts)).digest('hex');
}

/** The name that Git itself gives a file's content. */
export function blobSha(content: string): string {
  const bytes = Buffer.from(content);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

export function treeSha(files: Files): string {
  return sha1('tree', ...[...files].sort().flat());
}

export function commit(git: Git, made: Omit<Commit, 'sha'>): Commit {
  const { parents, message, author, at, files } = made;
  const sha = sha1('commit', ...parents, message, author, at, treeSha(files));
  const whole = { ...made, sha };
  git.commits.set(sha, whole);
  return whole;
}

/** The commit that a branch, tag, full ref or SHA names. */
export function resolve(git: Git, name: string): Commit | undefined {
  const bare = name.replace(/^refs\//, '');
  const target = git.refs.get(bare) ?? git.refs.get(`heads/${bare}`) ?? git.refs.get(`tags/${bare}`);
  const sha = target?.type === 'tag' ? git.tagObjects.get(target.sha)?.target : (target?.sha ?? name);
  return sha === undefined ? undefined : git.commits.get(sha);
}

/** The commit itself and all before it, newest first. */
export function history(git: Git, from: Commit): readonly Commit[] {
  const seen = new Set<Commit>();
  const waiting = [from];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue;
    seen.add(next);
    for (const parent of next.parents) {
      const before = git.commits.get(parent);
      if (before) waiting.push(before);
    }
  }
  return topological(seen);
}

/** Children before their parents; where that leaves a choice, the later one first. */
function topological(commits: ReadonlySet<Commit>): readonly Commit[] {
  const bySha = new Map([...commits].map((it) => [it.sha, it]));
  const children = new Map([...bySha.keys()].map((sha) => [sha, 0]));
  for (const { parents } of commits)
    for (const parent of parents) children.set(parent, (children.get(parent) ?? 0) + 1);
  const ready = [...commits].filter((it) => children.get(it.sha) === 0);
  const ordered: Commit[] = [];
  while (ready.length > 0) {
    ready.sort((a, b) => a.at - b.at);
    const next = ready.pop();
    if (!next) break;
    ordered.push(next);
    for (const parent of next.parents) {
      const left = (children.get(parent) ?? 0) - 1;
      children.set(parent, left);
      const before = bySha.get(parent);
      if (left === 0 && before) ready.push(before);
    }
  }
  return ordered;
}

/** The newest commit that both have. */
export function mergeBase(git: Git, a: Commit, b: Commit): Commit | undefined {
  const ofB = new Set(history(git, b).map((it) => it.sha));
  return history(git, a).find((it) => ofB.has(it.sha));
}

/** The commits of `head` that `base` lacks, oldest first. */
export function ahead(git: Git, base: Commit, head: Commit): readonly Commit[] {
  const known = new Set(history(git, base).map((it) => it.sha));
  return history(git, head)
    .filter((it) => !known.has(it.sha))
    .reverse();
}

export interface Change {
  readonly path: string;
  readonly status: 'added' | 'removed' | 'modified';
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export function changes(before: Files, after: Files): readonly Change[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path): readonly Change[] => {
    const [old, fresh] = [before.get(path), after.get(path)];
    if (old === fresh) return [];
    const status = old === undefined ? 'added' : fresh === undefined ? 'removed' : 'modified';
    return [{ path, status, before: old, after: fresh }];
  });
}

/** The files of both sides joined, or the paths that both changed differently. Whole files, where Git looks at lines. */
export function mergeFiles(
  base: Files,
  ours: Files,
  theirs: Files,
): Files | { readonly conflicts: readonly string[] } {
  const merged = new Map(ours);
  const conflicts: string[] = [];
  for (const { path, after } of changes(base, theirs)) {
    const here = ours.get(path);
    if (here !== base.get(path) && here !== after) conflicts.push(path);
    else if (after === undefined) merged.delete(path);
    else merged.set(path, after);
  }
  return conflicts.length > 0 ? { conflicts } : merged;
}
