import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

const inputs = [
  'actions',
  'packages',
  'scripts',
  '.github',
  'package.json',
  'pnpm-lock.yaml',
  'LICENSE',
  'README.md',
];

/** One hash over every file that a build reads, so that an unchanged tree is not built again. */
export async function sourcesDigest(root) {
  const hash = createHash('sha256').update(process.versions.node);
  for (const input of inputs) {
    for (const file of await filesUnder(join(root, input)))
      hash.update(relative(root, file)).update(await readFile(file));
  }
  return hash.digest('hex');
}

async function filesUnder(path) {
  const entries = await readdir(path, { withFileTypes: true }).catch((error) => {
    if (error.code === 'ENOTDIR') return undefined;
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (!entries) return [path];
  const files = [];
  for (const entry of entries.sort((a, b) => a.name.localeCompare(b.name))) {
    if (entry.name === 'node_modules' || entry.name.endsWith('.test.ts')) continue;
    files.push(
      ...(entry.isDirectory() ? await filesUnder(join(path, entry.name)) : [join(path, entry.name)]),
    );
  }
  return files;
}
