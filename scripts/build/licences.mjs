import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { root } from './places.mjs';

/** The licences of the packages that a bundle holds, every distinct text once, under the packages that it covers. */
export async function licences(moduleIds) {
  const folders = new Set(moduleIds.map(packageFolder).filter(Boolean));
  const packagesByText = new Map();
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    const text = `${await licenceText(folder, license)}${await furtherLicences(name)}`;
    packagesByText.set(text, [...(packagesByText.get(text) ?? []), `${name} ${version}`]);
  }
  return [...packagesByText]
    .map(([text, packages]) => `${packages.join(', ')}\n\n${text.trim()}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** `…/node_modules/@scope/name` of the innermost package that the module belongs to. */
function packageFolder(id) {
  return /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(id)?.[0];
}

async function licenceText(folder, declared) {
  const file = (await readdir(folder)).find((name) => /^licen[cs]e(\.|$)/i.test(name));
  return file ? readFile(join(folder, file), 'utf8') : `Licensed under ${declared}.`;
}

/** Of what was compiled into a package and is not among its files. */
async function furtherLicences(name) {
  const text = await readFile(join(root, 'scripts', 'build', 'licences', `${name}.txt`), 'utf8').catch(
    () => '',
  );
  return text && `\n\n${text}`;
}
