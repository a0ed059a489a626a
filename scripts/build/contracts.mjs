import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { buildDirectory, root } from './places.mjs';

/** Every action's contract, sorted by name, loaded from the TypeScript that declares it. */
export async function loadContracts() {
  const folder = join(buildDirectory, 'contracts');
  const names = (await readdir(join(root, 'actions'))).filter((name) =>
    existsSync(join(root, 'actions', name, 'src', 'contract.ts')),
  );
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const entry = join(folder, 'entry.mjs');
  const imports = names.map(
    (name, index) => `export { contract as c${index} } from '../../actions/${name}/src/contract.ts';`,
  );
  await writeFile(entry, imports.join('\n'));

  const bundle = await rolldown({ input: entry, platform: 'node', logLevel: 'warn' });
  const file = join(folder, `contracts-${process.pid}.mjs`);
  await bundle.write({ file, format: 'esm' });
  await bundle.close();
  const contracts = Object.values(await import(pathToFileURL(file).href));
  await rm(folder, { recursive: true, force: true });
  return contracts.sort((a, b) => a.name.localeCompare(b.name));
}
