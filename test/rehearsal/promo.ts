import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('../../', import.meta.url));
/** Two levels below the root, as the real tools are, so that it finds what is installed there. */
const tools = join(root, 'build', `rehearsal-test-${process.pid}`);

export const fixtures = join(root, 'test', 'rehearsal', 'fixtures');

/** Bundles the command as it is shipped. Returns its folder, to be removed after the tests. */
export async function bundlePromo(): Promise<string> {
  const entries = { promo: 'packages/rehearsal/src/cli.ts', clock: 'packages/sandbox/src/clock/preload.ts' };
  for (const [name, entry] of Object.entries(entries)) {
    const bundle = await rolldown({ input: join(root, entry), platform: 'node', logLevel: 'silent' });
    await bundle.write({ file: join(tools, `${name}.mjs`), format: 'esm', codeSplitting: false });
    await bundle.close();
  }
  return tools;
}

export interface Run {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the bundled command in the fixtures' repository. */
export function promo(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const options = {
    cwd: join(fixtures, 'basics'),
    env: { ...process.env, ...environment },
    maxBuffer: 2 ** 26,
  };
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [join(tools, 'promo.mjs'), ...args], options, (_, out, err) =>
      resolve({ code: child.exitCode, out, err }),
    );
  });
}

/** Rehearses a scenario of the fixtures' repository. */
export function rehearse(scenario: string, ...more: readonly string[]): Promise<Run> {
  return promo(['rehearse', '--scenario', scenario, '--release', join(fixtures, 'release'), ...more]);
}
