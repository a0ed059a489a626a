import { type ChildProcessByStdio, execFile, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const command = join(root, 'build', 'tools', 'promo.mjs');

export const fixtures = join(root, 'test', 'rehearsal', 'fixtures');
export const repository = join(fixtures, 'basics');

export interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the bundled command in the fixtures' repository. */
export function promo(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Run> {
  if (!existsSync(command)) throw new Error(`${command} is not built: run \`npm run build\` first.`);
  const options = { cwd: repository, env: { ...process.env, ...environment }, maxBuffer: 2 ** 26 };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [command, ...args], options, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, out, err }),
    );
  });
}

export const release = join(fixtures, 'release');

/** Rehearses a scenario of the fixtures' repository against the fixtures' release tree. */
export function rehearse(scenario: string, ...more: readonly string[]): Promise<Run> {
  return promo(['rehearse', ...more, '--scenario', scenario, '--release', release]);
}

/** The same, for a test that acts on it while it runs; it keeps its files in a folder of its own. */
export function startRehearsal(scenario: string, temp: string): ChildProcessByStdio<null, Readable, null> {
  const args = [command, 'rehearse', '--scenario', scenario, '--release', release];
  const env = { ...process.env, TMPDIR: temp };
  return spawn(process.execPath, args, { cwd: repository, env, stdio: ['ignore', 'pipe', 'inherit'] });
}
