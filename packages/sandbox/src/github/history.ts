import type { Git } from './git.ts';
import type { Commit, Files } from './objects.ts';

/** The commit itself and all before it, newest first. */
export function history(git: Git, from: Commit): readonly Commit[] {
  const seen = new Map<string, Commit>();
  const waiting = [from];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next.sha)) continue;
    seen.set(next.sha, next);
    for (const parent of next.parents) {
      const before = git.commit(parent);
      if (before) waiting.push(before);
    }
  }
  return topological(seen);
}

/** Children before their parents; where that leaves a choice, the later one first. */
function topological(commits: ReadonlyMap<string, Commit>): readonly Commit[] {
  const children = new Map([...commits.keys()].map((sha) => [sha, 0]));
  for (const { parents } of commits.values())
    for (const parent of parents) children.set(parent, (children.get(parent) ?? 0) + 1);
  const ready = [...commits.values()].filter((it) => children.get(it.sha) === 0);
  const ordered: Commit[] = [];
  while (ready.length > 0) {
    ready.sort((a, b) => a.author.at - b.author.at);
    const next = ready.pop();
    if (!next) break;
    ordered.push(next);
    for (const parent of next.parents) {
      const left = (children.get(parent) ?? 0) - 1;
      children.set(parent, left);
      const before = commits.get(parent);
      if (left === 0 && before) ready.push(before);
    }
  }
  return ordered;
}

export function holds(git: Git, head: Commit, other: Commit): boolean {
  return history(git, head).some((it) => it.sha === other.sha);
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
  /** Blobs. */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

export function changes(before: Files, after: Files): readonly Change[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path): readonly Change[] => {
    const [old, fresh] = [before.get(path)?.sha, after.get(path)?.sha];
    if (old === fresh) return [];
    const status = old === undefined ? 'added' : fresh === undefined ? 'removed' : 'modified';
    return [{ path, status, before: old, after: fresh }];
  });
}
