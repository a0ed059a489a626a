import { existsSync } from 'node:fs';
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';
import { buildDirectory, root } from './places.mjs';

/** Every action's contract, sorted by name, loaded from the TypeScript that declares it; `settable` names the inputs that a policy may give. */
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
  const rule = `export { isSettable } from '../../packages/core/src/action/index.ts';`;
  await writeFile(entry, [...imports, rule].join('\n'));

  const bundle = await rolldown({ input: entry, platform: 'node', logLevel: 'warn' });
  const file = join(folder, `contracts-${process.pid}.mjs`);
  await bundle.write({ file, format: 'esm' });
  await bundle.close();
  const { isSettable, ...loaded } = await import(pathToFileURL(file).href);
  await rm(folder, { recursive: true, force: true });
  const settable = ({ inputs }) =>
    Object.entries(inputs)
      .flatMap(([name, input]) => (isSettable(name, input) ? [name] : []))
      .sort();
  return Object.values(loaded)
    .map((contract) => ({ ...contract, settable: settable(contract) }))
    .sort((a, b) => a.name.localeCompare(b.name));
}
