import { cp, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { releaseDirectory, root } from './places.mjs';

/**
 * Completes build/release to what a tag holds: beside each bundle its contract and README, the reusable workflows byte
 * for byte (GITHUB_TOKEN may not push a changed one), LICENSE and README. Actions that are no more are removed.
 */
export async function assembleReleaseTree(names) {
  await mkdir(releaseDirectory, { recursive: true });
  for (const entry of await readdir(releaseDirectory)) {
    if (!names.includes(entry)) await rm(join(releaseDirectory, entry), { recursive: true });
  }
  for (const name of names) {
    for (const file of ['action.yml', 'README.md'])
      await copyGenerated(join(root, 'actions', name, file), join(releaseDirectory, name, file));
  }
  await cp(join(root, '.github', 'workflows'), join(releaseDirectory, '.github', 'workflows'), {
    recursive: true,
  });
  for (const file of ['LICENSE', 'README.md']) await cp(join(root, file), join(releaseDirectory, file));
}

async function copyGenerated(from, to) {
  await cp(from, to).catch((error) => {
    if (error.code !== 'ENOENT') throw error;
    throw new Error(`${from} is missing; \`npm run generate\` writes it from the action's contract.`);
  });
}
