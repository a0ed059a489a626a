import type { FunctionVersion } from './ports.ts';

/** Whether a version is the one that is meant: by its number, or by a release such as `v1.4.0` that its description names. */
export function answersTo(version: Pick<FunctionVersion, 'version' | 'description'>, name: string): boolean {
  if (/^\d+$/.test(name)) return version.version === name;
  return version.description.split(/[\s,;()[\]]+/).includes(name);
}
