// Types, lint, format and generated files: everything about the sources that needs no run.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build/places.mjs';

const bin = (name) => join(root, 'node_modules', '.bin', name);
const checks = [
  ['types', bin('tsc'), ['-b']],
  ['lint and format', bin('biome'), ['check', '--error-on-warnings', '.']],
  ['generated files', process.execPath, [join(root, 'scripts', 'generate.mjs'), '--check']],
  ['workflows', process.execPath, [join(root, 'scripts', 'lint-workflows.mjs')]],
];

let failed = 0;
for (const [what, command, args] of checks) {
  if (!existsSync(command)) throw new Error(`${command} is missing: run npm run bootstrap.`);
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  console.log(`${status === 0 ? 'ok    ' : 'FAILED'} ${what}`);
  if (status !== 0) {
    failed += 1;
    console.error(`${stdout}${stderr}`);
  }
}
process.exit(failed === 0 ? 0 : 1);
