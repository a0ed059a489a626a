import { cpSync, existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { globMatches } from '../expression/index.ts';
import type { StepTask } from '../machine/index.ts';
import { required, type StandIn } from './stand-in.ts';

/** Keeps the artifact with the rehearsal, for other jobs to download. */
export const uploadArtifact: StandIn = {
  inputs: [
    'name',
    'path',
    'if-no-files-found',
    'retention-days',
    'overwrite',
    'include-hidden-files',
    'compression-level',
  ],
  async play(inputs, task) {
    const name = inputs.name || 'artifact';
    const { workspace } = task.machine;
    const patterns = required(inputs, 'path')
      .split('\n')
      .map((line) => line.trim())
      .filter(Boolean);
    const wanted = patterns
      .filter((pattern) => !pattern.startsWith('!'))
      .map((pattern) => resolve(workspace, pattern));
    const unwanted = patterns
      .filter((pattern) => pattern.startsWith('!'))
      .map((pattern) => resolve(workspace, pattern.slice(1)));
    const hidden = inputs['include-hidden-files'] === 'true';
    const files = [...new Set(wanted.flatMap(filesAt))]
      .filter((file) => !unwanted.some((pattern) => globMatches(file.slice(1), pattern.slice(1))))
      .filter(
        (file) =>
          hidden ||
          !relative(workspace, file)
            .split(sep)
            .some((part) => /^\.[^.]/.test(part)),
      );
    if (files.length === 0) {
      const message = `No files were found with the provided path: ${patterns.join(', ')}. No artifacts will be uploaded.`;
      if (inputs['if-no-files-found'] === 'error') throw new Error(message);
      if (inputs['if-no-files-found'] !== 'ignore') task.log.annotate('warning', message);
      return {};
    }
    const target = artifactFolder(task, name);
    if (existsSync(target) && inputs.overwrite !== 'true') {
      throw new Error(
        `An artifact named ${name} already exists in this run; set overwrite: true to replace it.`,
      );
    }
    const root = commonFolder(
      files.length === 1 && wanted.length === 1 ? files.map((file) => dirname(file)) : wanted.map(rootOf),
    );
    for (const file of files) {
      mkdirSync(dirname(join(target, relative(root, file))), { recursive: true });
      cpSync(file, join(target, relative(root, file)));
    }
    task.log.line(`Kept ${files.length} files as the artifact ${name}.`);
    return { 'artifact-id': String(readdirSync(dirname(target)).length) };
  },
};

/** Brings back what a job of this rehearsal kept. */
export const downloadArtifact: StandIn = {
  inputs: ['name', 'path', 'pattern', 'merge-multiple'],
  async play(inputs, task) {
    const folder = dirname(artifactFolder(task, 'x'));
    const kept = existsSync(folder) ? readdirSync(folder).sort() : [];
    const target = resolve(task.machine.workspace, inputs.path || '.');
    const names = inputs.name
      ? [inputs.name]
      : kept.filter((name) => globMatches(name, inputs.pattern || '*'));
    for (const name of names) {
      if (!kept.includes(name)) {
        throw new Error(`Artifact not found for name: ${name}. This run has ${kept.join(', ') || 'none'}.`);
      }
      const place = inputs.name || inputs['merge-multiple'] === 'true' ? target : join(target, name);
      cpSync(join(folder, name), place, { recursive: true });
    }
    task.log.line(
      `Brought ${names.join(', ') || 'no artifact'} to ${relative(task.machine.workspace, target) || 'the workspace'}.`,
    );
    return { 'download-path': target };
  },
};

function artifactFolder(task: StepTask, name: string): string {
  if (/[\\/:<>|*?"\r\n]/.test(name)) throw new Error(`The artifact name is not valid: ${name}`);
  return join(task.machine.setting.folders.root, 'artifacts', name);
}

function filesAt(pattern: string): string[] {
  const root = rootOf(pattern);
  if (!existsSync(root)) return [];
  if (statSync(root).isFile()) return [root];
  const all = readdirSync(root, { recursive: true, encoding: 'utf8' }).map((path) => join(root, path));
  const plain = root === pattern;
  return all
    .filter((file) => statSync(file).isFile())
    .filter((file) => plain || globMatches(file.slice(1), pattern.slice(1)));
}

/** The part of a pattern before its first wildcard. */
function rootOf(pattern: string): string {
  const parts = pattern.split(sep);
  const wild = parts.findIndex((part) => /[*?]/.test(part));
  return wild < 0 ? pattern : parts.slice(0, wild).join(sep) || sep;
}

function commonFolder(paths: readonly string[]): string {
  const folders = paths.map((path) => (existsSync(path) && statSync(path).isFile() ? dirname(path) : path));
  let [common = sep] = folders;
  while (
    !folders.every((folder) => folder === common || folder.startsWith(common + sep)) &&
    basename(common)
  ) {
    common = dirname(common);
  }
  return common;
}
