import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import type { PackageFiles } from '@promo-actions/core/artifact';
import { OutsideError } from '@promo-actions/core/errors';

/** Files of the checkout and of the runner's temporary folder, which is emptied after each job. */
export function packageFiles(): PackageFiles {
  const workspace = process.env.GITHUB_WORKSPACE ?? process.cwd();
  const temporary = process.env.RUNNER_TEMP ?? tmpdir();
  const placed = (path: string) => (isAbsolute(path) ? path : join(workspace, path));
  return {
    absolute: placed,
    async read(path) {
      try {
        return await readFile(placed(path));
      } catch (error) {
        throw fileError(`the package ${path} could not be read`, error);
      }
    },
    async write(path, name, bytes) {
      const target = path ? placed(path) : join(temporary, name);
      try {
        await mkdir(dirname(target), { recursive: true });
        await writeFile(target, bytes);
        return target;
      } catch (error) {
        throw fileError(`the package could not be written to ${target}`, error);
      }
    },
  };
}

const remedies: Readonly<Record<string, string>> = {
  ENOENT:
    'Check the path; relative paths start at the checkout. Did the step that makes the file run before, in this job?',
  EISDIR: 'Give a file, not a folder',
  EACCES: 'Give a path that the runner may use',
  ENOSPC: 'Free space on the runner',
};

function fileError(what: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return error;
  return new OutsideError({
    what,
    code: error.code,
    remedy: remedies[error.code] ?? error.message,
    cause: error,
  });
}
