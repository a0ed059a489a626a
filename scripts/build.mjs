// Builds everything that runs: each action as the release tree holds it (build/release), and the tools of this
// repository (build/tools). Tree-shaken by rolldown first, then packaged by ncc, which also gathers the licences.
//   node scripts/build.mjs [--quiet] [name …]     only the named actions
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleAll } from './build/bundle-all.mjs';
import { sourcesDigest } from './build/digest.mjs';
import { buildDirectory, releaseDirectory, root } from './build/places.mjs';
import { assembleReleaseTree } from './build/release-tree.mjs';
import { buildTools } from './build/tools.mjs';

const { values, positionals } = parseArgs({
  options: { quiet: { type: 'boolean' } },
  allowPositionals: true,
});
const say = values.quiet ? () => {} : console.log;

const stampFile = join(buildDirectory, 'stamp');
const digest = await sourcesDigest(root);
const stamp = await readFile(stampFile, 'utf8').catch(() => '');
if (positionals.length === 0 && stamp === digest) {
  say('Nothing changed since the last build.');
  process.exit(0);
}

const known = (await readdir(join(root, 'actions'), { withFileTypes: true }))
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name);
const unknown = positionals.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  console.error(`No such action: ${unknown.join(', ')}. There are: ${known.join(', ')}.`);
  process.exit(2);
}

console.log('Building the actions and tools (once per change of the sources) …');
await rm(stampFile, { force: true });
await mkdir(buildDirectory, { recursive: true });
await bundleAll(positionals.length > 0 ? positionals : known, async (name) => {
  const { size } = await stat(join(releaseDirectory, name, 'dist', 'index.js'));
  say(`  ${name.padEnd(22)} ${Math.ceil(size / 1024)} KB`);
});
if (positionals.length === 0) {
  await assembleReleaseTree(known);
  await buildTools();
  await writeFile(stampFile, digest);
}
