import { existsSync, statSync } from 'node:fs';
import { isAbsolute, join, normalize, relative } from 'node:path';
import type { Origin } from './model.ts';

/** The two trees that `uses` can lead to. */
export interface Sources {
  /** The repository that is rehearsed. */
  readonly repository: string;
  /** What a tag of the actions' repository holds: `<name>/action.yml`, `<name>/dist/`, `.github/workflows/`. */
  readonly release: string;
  /** The name of the actions' repository, whoever owns it: `promo-actions`. */
  readonly releaseName: string;
}

/** What is needed to follow `uses`: the trees, and the foreign actions that can be played. */
export interface Library extends Sources {
  /** By `owner/name`: the inputs that the stand-in understands. */
  readonly standIns: ReadonlyMap<string, readonly string[]>;
}

export type Reference =
  | { readonly kind: 'local'; readonly origin: Origin; readonly path: string }
  | { readonly kind: 'foreign'; readonly name: string; readonly ref: string }
  | { readonly kind: 'wrong'; readonly why: string };

/**
 * What `uses` names. `$/x` is the tree of the file it stands in; `./x` is always the caller's checkout, also in a
 * reusable workflow's steps; but a job's `uses: ./.github/workflows/x.yml` is the tree of the calling file.
 */
export function readReference(uses: string, from: Origin, sources: Sources, of: 'job' | 'step'): Reference {
  if (uses.startsWith('docker://'))
    return { kind: 'wrong', why: 'container actions are not run in a rehearsal' };
  if (uses.startsWith('$/')) return local(from, uses.slice(2));
  if (uses.startsWith('./')) return local(of === 'job' ? from : 'repository', uses.slice(2));
  const match = /^([^/@\s]+)\/([^/@\s]+)((?:\/[^@\s]+)?)@(\S+)$/.exec(uses);
  if (!match) {
    return {
      kind: 'wrong',
      why: `expected {owner}/{repository}/{path}@{ref}, ./{path} or $/{path}, not ${uses}`,
    };
  }
  const [, owner = '', repository = '', path = '', ref = ''] = match;
  if (repository === sources.releaseName) return local('release', path.slice(1));
  return { kind: 'foreign', name: `${owner}/${repository}${path}`, ref };
}

function local(origin: Origin, path: string): Reference {
  const normal = normalize(path || '.').replace(/\/$/, '');
  if (isAbsolute(normal) || normal.startsWith('..'))
    return { kind: 'wrong', why: `${path} leaves its repository` };
  return { kind: 'local', origin, path: normal };
}

export function folderOf(sources: Sources, origin: Origin): string {
  return origin === 'release' ? sources.release : sources.repository;
}

/** The action's manifest, or undefined when the folder has none. */
export function manifestIn(folder: string): string | undefined {
  for (const name of ['action.yml', 'action.yaml']) {
    const file = join(folder, name);
    if (existsSync(file) && statSync(file).isFile()) return file;
  }
  return undefined;
}

/** How a file is called in messages: as a path from where the person stands, when that is shorter. */
export function shown(file: string): string {
  const near = relative(process.cwd(), file);
  return near.startsWith('../..') || near === '' ? file : near;
}
