import type { PathPair } from './paths.ts';

const told = ['deployed-version', 'deployed-at'];

/** Whether a name below a path meets a pattern: `*` stands for anything within one level, `**` for any levels. */
export function meets(key: string, pattern: string): boolean {
  return expressionOf(pattern.replace(/^\/+/, '')).test(key);
}

function expressionOf(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*\/|\*\*|\*/g, (stars) => (stars === '*' ? '[^/]*' : stars === '**' ? '.*' : '(?:.*/)?'));
  return new RegExp(`^${source}$`);
}

/** Whether it is told of the environment by record-deployment, and no configuration. */
export function isTold(key: string): boolean {
  return told.some((name) => key === name || key.endsWith(`/${name}`));
}

export interface Selection {
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
}

/** Whether a parameter of a name below the paths is one of those that are promoted. */
export function isSelected(key: string, { include, exclude = [] }: Selection): boolean {
  if (exclude.some((pattern) => meets(key, pattern))) return false;
  return include === undefined || include.some((pattern) => meets(key, pattern));
}

/** The name below a path; undefined where it is not below it. */
export function keyBelow(name: string, path: string): string | undefined {
  return name.startsWith(`${path}/`) ? name.slice(path.length + 1) : undefined;
}

export function targetName(key: string, { target }: PathPair): string {
  return `${target}/${key}`;
}
