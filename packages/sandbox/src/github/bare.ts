import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { devNull, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import { framed, type GitObject } from './objects.ts';

/** A bare Git repository on disk, which `git log`, `git clone` and `git push` take as any other. */
export interface Bare {
  readonly folder: string;
  write(sha: string, object: GitObject): void;
  read(sha: string): GitObject | undefined;
  /** Every ref (`heads/main`) with what it names, pushed ones too. */
  refs(): ReadonlyMap<string, string>;
  setRef(name: string, sha: string): void;
  deleteRef(name: string): void;
  /** The tree of both, merged by Git itself line by line, or the conflict that a person would have. */
  mergeTree(ours: string, theirs: string): { readonly tree: string } | 'conflict';
  /** Removes it, unless it was laid out where somebody wanted it. */
  close(): void;
}

const mark = '[promo-sandbox]';

/** @throws Error where something else is in the folder: it is going to be replaced */
export function refuseForeign(folder: string): void {
  const there = statSync(folder, { throwIfNoEntry: false });
  if (!there || (there.isDirectory() && readNames(folder).length === 0)) return;
  if ((readText(join(folder, 'config')) ?? '').includes(mark)) return;
  throw new Error(
    `repository-folder: ${folder} holds something that no sandbox made; give a folder that is empty or not there yet.`,
  );
}

/** Lays a bare repository out: in the folder, in place of an earlier one, or in a temporary one. */
export function layOut(
  wanted: string | undefined,
  defaultBranch: string,
  refs: ReadonlyMap<string, string>,
): Bare {
  const folder = wanted ?? mkdtempSync(join(tmpdir(), 'promo-sandbox-github-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  if (wanted === undefined) process.once('exit', remove);
  else {
    refuseForeign(wanted);
    remove();
  }
  for (const part of ['objects', 'refs/heads', 'refs/tags'])
    mkdirSync(join(folder, part), { recursive: true });
  writeFileSync(join(folder, 'HEAD'), `ref: refs/heads/${defaultBranch}\n`);
  writeFileSync(
    join(folder, 'config'),
    `[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = true\n${mark}\n\treplaceable = true\n`,
  );
  const packed = join(folder, 'packed-refs');
  const pack = (all: ReadonlyMap<string, string>): void =>
    replace(packed, [...all].map(([name, sha]) => `${sha} refs/${name}\n`).join(''));
  pack(refs);

  const packedRefs = () => new Map(readPacked(readText(packed) ?? ''));
  const loose = (sha: string) => join(folder, 'objects', sha.slice(0, 2), sha.slice(2));
  return {
    folder,
    write: (sha, object) => replace(loose(sha), deflateSync(framed(object))),
    read(sha) {
      const bytes = readBytes(loose(sha));
      return bytes ? unframed(inflateSync(bytes)) : readFromPack(folder, sha);
    },
    refs: () => new Map([...packedRefs(), ...readLoose(join(folder, 'refs'), '')]),
    setRef(name, sha) {
      const file = join(folder, 'refs', name);
      // A folder without refs is what deleted ones left.
      if (statSync(file, { throwIfNoEntry: false })?.isDirectory()) rmSync(file, { recursive: true });
      replace(file, `${sha}\n`);
    },
    deleteRef(name) {
      rmSync(join(folder, 'refs', name), { force: true });
      const left = packedRefs();
      if (left.delete(name)) pack(left);
    },
    mergeTree: (ours, theirs) => mergeTree(folder, ours, theirs),
    close() {
      if (wanted !== undefined) return;
      process.off('exit', remove);
      remove();
    },
  };
}

/** Whoever reads meanwhile sees the old file or the new one; Git overlooks files that end so. */
function replace(file: string, content: string | Buffer): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.lock`, content);
  renameSync(`${file}.lock`, file);
}

function readBytes(file: string): Buffer | undefined {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

const readText = (file: string): string | undefined => readBytes(file)?.toString('utf8');

function readNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readPacked(text: string): readonly (readonly [string, string])[] {
  return [...text.matchAll(/^([0-9a-f]{40}) refs\/(.+)$/gm)].map(([, sha = '', name = '']) => [name, sha]);
}

function readLoose(folder: string, prefix: string): readonly (readonly [string, string])[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return readLoose(path, `${prefix}${entry.name}/`);
    const [sha] = /^[0-9a-f]{40}/.exec(readText(path) ?? '') ?? [];
    return sha && !entry.name.endsWith('.lock') ? [[`${prefix}${entry.name}`, sha] as const] : [];
  });
}

function unframed(bytes: Buffer): GitObject {
  const end = bytes.indexOf(0);
  const [kind] = bytes.toString('utf8', 0, end).split(' ');
  return { kind: kind as GitObject['kind'], body: bytes.subarray(end + 1) };
}

/** Pushes of many objects arrive as a pack. */
function readFromPack(folder: string, sha: string): GitObject | undefined {
  if (!readNames(join(folder, 'objects', 'pack')).length) return undefined;
  const { stdout } = git(folder, ['cat-file', '--batch'], sha);
  const end = stdout.indexOf(10);
  const [, kind, size] = stdout.toString('utf8', 0, end).split(' ');
  if (size === undefined) return undefined;
  return { kind: kind as GitObject['kind'], body: stdout.subarray(end + 1, end + 1 + Number(size)) };
}

function mergeTree(folder: string, ours: string, theirs: string): { readonly tree: string } | 'conflict' {
  const { status, stdout, stderr } = git(folder, ['merge-tree', '--write-tree', ours, theirs]);
  const [tree = ''] = stdout.toString('utf8').split('\n');
  if (status === 0) return { tree };
  if (status === 1) return 'conflict';
  throw new GitMissing(
    `git merge-tree --write-tree, which the sandbox merges with, needs Git 2.38 or later: ${stderr}`,
  );
}

/** The sandbox cannot merge, nor read packs, where there is no Git. */
export class GitMissing extends Error {}

/** Git, untouched by what this machine or a calling Git has set. */
function git(folder: string, args: readonly string[], input = '') {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const settings = { GIT_CONFIG_GLOBAL: devNull, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' };
  const ran = spawnSync('git', ['--git-dir', folder, ...args], {
    input,
    env: { ...Object.fromEntries(kept), ...settings },
    maxBuffer: 1 << 28,
  });
  if (!ran.error) return ran;
  throw new GitMissing(
    `The sandbox merges with git, which could not be run (${ran.error.message}): install Git 2.38 or later and put it on the PATH.`,
  );
}
