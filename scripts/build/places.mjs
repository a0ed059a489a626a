import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
export const buildDirectory = join(root, 'build');
/** What a tag of this repository holds: `<name>/{action.yml,README.md,dist}` and the reusable workflows. */
export const releaseDirectory = join(buildDirectory, 'release');
export const toolsDirectory = join(buildDirectory, 'tools');
