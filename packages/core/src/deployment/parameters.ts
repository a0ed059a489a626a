import { OutsideError } from '../errors/index.ts';
import { readHead } from './append.ts';
import { type Current, type Head, headId } from './head.ts';
import type { ParameterStore, RecordStore } from './store.ts';

/** Placeholders that a prefix may hold, with what they stand for. */
export interface PrefixParts {
  readonly project: string;
  readonly environment: string;
  readonly service: string;
}

/**
 * The path under which an environment's version is told, from `/{project}/{environment}` and the like. Undefined when it
 * is no parameter path: unknown placeholders, characters that SSM refuses, or SSM's own names.
 */
export function parameterPrefix(template: string, parts: PrefixParts): string | undefined {
  const path = template
    .replace(/\{(project|environment|service)\}/g, (_, name: keyof PrefixParts) => parts[name])
    .replace(/\/+$/, '');
  return /^(\/[A-Za-z0-9_.-]+){1,13}$/.test(path) && !/^\/(aws|ssm)/i.test(path) ? path : undefined;
}

export function parameterNames(prefix: string): { readonly version: string; readonly at: string } {
  return { version: `${prefix}/deployed-version`, at: `${prefix}/deployed-at` };
}

/**
 * Makes the parameters say what the chain's head says is current, and looks again afterwards: of two runs that write at
 * once, the one that comes last sees the newer head. Where that look is not answered, what was written stands; why it was
 * not is answered.
 * @param wrote told of each as it is written.
 */
export async function tellCurrent(
  ports: { readonly records: RecordStore; readonly parameters: ParameterStore },
  start: Head,
  prefix: string,
  wrote: (name: string) => void,
): Promise<OutsideError | undefined> {
  const names = parameterNames(prefix);
  let head: Head | undefined = start;
  while (head?.current) {
    const { version, since, record }: Current = head.current;
    for (const [name, value] of [
      [names.version, version],
      [names.at, since],
    ] as const) {
      if ((await ports.parameters.get(name)) === value) continue;
      await ports.parameters.put(name, value);
      wrote(`parameter \`${name}\` = ${value}`);
    }
    try {
      head = await readHead(ports.records, start);
    } catch (error) {
      if (error instanceof OutsideError) return error;
      throw error;
    }
    if (head?.current?.record === record) return undefined;
  }
  throw new Error(`the chain ${headId(start)} lost its current version`);
}
