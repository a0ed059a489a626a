// The one command: checks the sources, builds what the tests run, runs every test. Its last line is `N passed, N failed`.
//   npm test [-- jest arguments]
//   npm run test:all     every scenario of the example, where npm test plays a few of each kind
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildDirectory, root } from './build/places.mjs';

const run = async (args, env = {}) => {
  const child = spawn(process.execPath, args, {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  const [code] = await once(child, 'close');
  return code ?? 1;
};
const script = (name) => join(root, 'scripts', name);
const folder = mkdtempSync(join(tmpdir(), 'promo-tests-'));

const [checked, built] = await Promise.all([
  run([script('check.mjs')]),
  run([script('build.mjs'), '--quiet']),
]);
let counts = { passed: 0, failed: 0, skipped: 0 };
let left = [];
if (built === 0) {
  const results = join(folder, 'results.json');
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  // Temporary files of the tests live in a folder of the run, in which they are to leave nothing. Most tests wait for
  // processes of their own, so there are more workers than cores.
  const temporary = mkdtempSync(join(folder, 'tmp-'));
  await run(
    [
      '--experimental-vm-modules',
      '--no-warnings',
      jest,
      '--json',
      `--outputFile=${results}`,
      `--cacheDirectory=${join(buildDirectory, 'jest')}`,
      `--maxWorkers=${Math.ceil(1.5 * availableParallelism())}`,
      ...process.argv.slice(2).filter((argument) => argument !== '--all'),
    ],
    { TMPDIR: temporary, ...(process.argv.includes('--all') ? { PROMO_TESTS: 'all' } : {}) },
  );
  if (!existsSync(results)) throw new Error('The tests ended without a result; the lines above say why.');
  const summary = JSON.parse(readFileSync(results, 'utf8'));
  counts = {
    passed: summary.numPassedTests,
    failed: summary.numFailedTests + summary.numRuntimeErrorTestSuites,
    skipped: summary.numPendingTests,
  };
  left = readdirSync(temporary);
  if (left.length > 0) console.error(`\nThe tests left behind in the temporary folder: ${left.join(', ')}`);
}
rmSync(folder, { recursive: true, force: true });

const failed = counts.failed + [checked === 0, built === 0, left.length === 0].filter((ok) => !ok).length;
console.log(
  `\n${counts.passed} passed, ${failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`,
);
process.exit(failed === 0 && counts.passed > 0 ? 0 : 1);
