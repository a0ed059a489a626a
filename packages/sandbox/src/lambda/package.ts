import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { unzipSync, type Zippable, zipSync } from 'fflate';
import { type Code, codeOf } from './model.ts';
import { parameterError } from './names.ts';

/** Zip's first year; any fixed time makes the same folder the same zip. */
const FIXED_TIME = new Date(1980, 0, 1);

/** The package at a path: a .zip as it is, a folder zipped (sorted, fixed times), so that its hash depends on content only. */
export async function packageAt(path: string): Promise<Code> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined)
    throw new Error(`There is no code at ${path}; it must be a folder or a .zip file.`);
  return codeOf(found.isDirectory() ? await zipFolder(path) : await readFile(path));
}

async function zipFolder(folder: string): Promise<Uint8Array> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  if (files.length === 0) throw new Error(`The folder ${folder} is empty; it must hold a function's code.`);
  const named = files.map((file) => [relative(folder, file).split(sep).join('/'), file] as const);
  const content: Zippable = {};
  for (const [name, file] of named.sort(([a], [b]) => (a < b ? -1 : 1))) content[name] = await readFile(file);
  return zipSync(content, { mtime: FIXED_TIME, level: 9 });
}

/** The package that a call uploads. Throws Lambda's refusal when it is not a zip. */
export function uploadedPackage(base64: string): Code {
  const zip = Buffer.from(base64, 'base64');
  try {
    unzipSync(zip, { filter: () => false });
  } catch {
    throw parameterError('Could not unzip uploaded file. Please check your file, then try to upload again.');
  }
  if (zip.length === 0) throw parameterError('Uploaded file must be a non-empty zip');
  return codeOf(zip);
}
