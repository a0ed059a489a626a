import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { fileTexts } from './file-texts.mjs';
import { root, toolsDirectory } from './places.mjs';

const entries = {
  promo: 'packages/promo/src/cli.ts',
  sandbox: 'packages/sandbox/src/cli.ts',
  clock: 'packages/sandbox/src/clock/preload.ts',
  node: 'packages/rehearsal/src/node/index.ts',
};

/** Bundles the commands `promo` and `sandbox`, the preload that gives a process the sandbox's clock, and what finds a Node 24. */
export async function buildTools() {
  for (const [name, entry] of Object.entries(entries)) {
    if (!existsSync(join(root, entry))) continue;
    const input = join(root, entry);
    const bundle = await rolldown({ input, platform: 'node', logLevel: 'warn', plugins: [fileTexts()] });
    await bundle.write({ file: join(toolsDirectory, `${name}.mjs`), format: 'esm', codeSplitting: false });
    await bundle.close();
  }
}
