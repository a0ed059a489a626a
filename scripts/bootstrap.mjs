// Makes a fresh clone ready with Node and npm alone: installs the pinned pnpm by npx, then the locked dependencies.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const stampFile = join(root, 'node_modules', '.promo-actions-installed');

const major = Number(process.versions.node.split('.')[0]);
if (major < 20) {
  console.error(`promo-actions needs Node 20 or newer; this is Node ${process.versions.node}.`);
  process.exit(1);
}

const locked = ['pnpm-lock.yaml', 'package.json', 'pnpm-workspace.yaml'].map((file) =>
  readFileSync(join(root, file)),
);
const stamp = locked.reduce((hash, content) => hash.update(content), createHash('sha256')).digest('hex');

if (!existsSync(stampFile) || readFileSync(stampFile, 'utf8') !== stamp) {
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  console.log(`Installing dependencies with ${packageManager} (once per change of the lock file) …`);
  const install = spawnSync(
    'npx',
    ['--yes', packageManager, 'install', '--frozen-lockfile', '--reporter=append-only'],
    {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
      encoding: 'utf8',
      shell: process.platform === 'win32',
    },
  );
  if (install.status !== 0) {
    console.error(install.stdout);
    console.error(
      'The dependencies could not be installed. Is the npm registry reachable? The lines above say more.',
    );
    process.exit(install.status ?? 1);
  }
  mkdirSync(dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, stamp);
}
