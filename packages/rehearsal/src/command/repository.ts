import { existsSync, readdirSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { suggestion } from '../mistake/index.ts';
import { flagMistake } from './arguments.ts';

const WORKFLOWS = join('.github', 'workflows');
const SCENARIOS = 'scenarios';
const YAML = /\.ya?ml$/;

export function repositoryFolder(given: string | undefined): string {
  const folder = resolve(given ?? '.');
  if (existsSync(folder) && statSync(folder).isDirectory()) return folder;
  throw flagMistake(`--repo ${given}: there is no such folder`);
}

/** The workflow's path inside the repository, from its name, its path there, or its path from here. */
export function workflowPath(repository: string, given: string): string {
  const candidates = [
    resolve(repository, given),
    ...[given, `${given}.yml`, `${given}.yaml`].map((name) => join(repository, WORKFLOWS, name)),
    resolve(given),
  ];
  const found = candidates.find((file) => YAML.test(file) && existsSync(file) && isWithin(repository, file));
  if (found) return relative(repository, found).split(sep).join('/');
  const known = yamlIn(join(repository, WORKFLOWS)).map((name) => name.replace(YAML, ''));
  throw flagMistake(
    `there is no workflow ${given} in ${repository}.${suggestion(given, known)} It has ${known.join(', ') || 'none'}.`,
  );
}

/** The scenario's file, from its path or from its name in the repository's folder `scenarios`. */
export function scenarioPath(repository: string, given: string): string {
  const candidates = [
    resolve(given),
    resolve(repository, given),
    ...[given, `${given}.yml`, `${given}.yaml`].map((name) => join(repository, SCENARIOS, name)),
  ];
  const found = candidates.find((file) => existsSync(file) && statSync(file).isFile());
  if (found) return found;
  const known = scenarioFiles(repository).map((file) =>
    relative(join(repository, SCENARIOS), file).replace(YAML, ''),
  );
  throw flagMistake(
    `--scenario ${given}: there is no such file.${suggestion(given, known)} The repository has ${known.join(', ') || 'no scenarios'}.`,
  );
}

export function scenarioFiles(repository: string): string[] {
  return yamlIn(join(repository, SCENARIOS)).map((name) => join(repository, SCENARIOS, name));
}

function yamlIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => YAML.test(name))
    .sort();
}

function isWithin(folder: string, file: string): boolean {
  const path = relative(folder, file);
  return !path.startsWith('..') && !isAbsolute(path);
}
