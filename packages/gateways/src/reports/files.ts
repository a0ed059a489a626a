import { createReadStream } from 'node:fs';
import { glob, stat } from 'node:fs/promises';
import { isAbsolute, join, relative } from 'node:path';
import {
  type PatternFiles,
  type ReportFile,
  type ReportFiles,
  Unreadable,
} from '@promo-actions/core/reports';
import { decoded } from './decode.ts';
import { readElements } from './elements.ts';

/** Reports on the runner's disk; patterns and paths begin at the checkout. */
export function reportFiles(): ReportFiles {
  const workspace = process.env.GITHUB_WORKSPACE ?? process.cwd();
  const placed = (path: string) => (isAbsolute(path) ? path : join(workspace, path));
  return {
    async find(patterns) {
      const excluded = new Set<string>();
      for (const pattern of patterns.filter((each) => each.startsWith('!')))
        for (const path of await matching(pattern.slice(1), workspace)) excluded.add(path);
      const found: PatternFiles[] = [];
      for (const pattern of patterns.filter((each) => !each.startsWith('!'))) {
        const paths = (await matching(pattern, workspace)).filter((path) => !excluded.has(path));
        found.push({ pattern, paths });
      }
      return found;
    },
    open: (path) => open(path, placed(path)),
  };
}

/** Files as paths from the workspace where they are in it; folders are none. */
async function matching(pattern: string, workspace: string): Promise<readonly string[]> {
  const paths = new Set<string>();
  for await (const entry of glob(pattern, { cwd: workspace, withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const path = join(entry.parentPath, entry.name);
    const own = relative(workspace, path);
    paths.add(own.startsWith('..') || isAbsolute(own) ? path : own);
  }
  return [...paths].sort();
}

async function open(path: string, place: string): Promise<ReportFile> {
  const { size, file } = await stat(place).then(
    (found) => ({ size: found.size, file: found.isFile() }),
    (error: unknown) => {
      throw unreadable(error);
    },
  );
  if (!file) throw new Unreadable('is not a regular file.');
  const text = () => decoded(bytesOf(place));
  return { path, size, text, elements: (reader) => readElements(text(), reader) };
}

async function* bytesOf(place: string): AsyncIterable<Buffer> {
  try {
    for await (const chunk of createReadStream(place)) yield chunk as Buffer;
  } catch (error) {
    throw unreadable(error);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'is a link to a file that is not there.',
  ELOOP: 'is a link that leads to itself.',
  EACCES: 'may not be read by the runner.',
  EPERM: 'may not be read by the runner.',
  EISDIR: 'is a folder.',
};

/** Node's errors of the file alone become the gate's finding. */
function unreadable(error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  return new Unreadable(reasons[error.code] ?? `could not be read (${error.code}).`);
}
