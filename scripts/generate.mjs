// Writes what the contracts say where GitHub and people read it: action.yml and README.md of every action, the
// vocabulary that a policy may use and the contracts that promo checks it by.
//   node scripts/generate.mjs [--check]     --check changes nothing and fails when a file is out of date
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { loadContracts } from './build/contracts.mjs';
import { root } from './build/places.mjs';
import { actionYaml } from './generate/action-yaml.mjs';
import { contractListSource } from './generate/contract-list.mjs';
import { actionReadme, withActionTable } from './generate/readme.mjs';
import { vocabularySource } from './generate/vocabulary.mjs';

const check = process.argv.includes('--check');
const contracts = await loadContracts();

const readme = await readFile(join(root, 'README.md'), 'utf8');
const files = {
  'README.md': withActionTable(readme, contracts),
  'packages/core/src/policy/vocabulary.ts': vocabularySource(contracts),
  'packages/promo/src/contracts/index.ts': contractListSource(contracts),
};
for (const contract of contracts) {
  files[`actions/${contract.name}/action.yml`] = actionYaml(contract);
  files[`actions/${contract.name}/README.md`] = actionReadme(contract);
}

const stale = [];
for (const [file, content] of Object.entries(files)) {
  const path = join(root, file);
  if ((await readFile(path, 'utf8').catch(() => undefined)) === content) continue;
  stale.push(relative(root, path));
  if (!check) {
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, content);
  }
}
if (check && stale.length > 0) {
  console.error(`Out of date: ${stale.join(', ')}. Run \`npm run generate\` and commit what it writes.`);
  process.exit(1);
}
console.log(
  check
    ? 'Generated files are up to date.'
    : `Wrote ${stale.length === 0 ? 'nothing: all up to date' : stale.join(', ')}.`,
);
