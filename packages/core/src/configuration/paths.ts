import type { InputProblem } from '../errors/index.ts';

/** A path of the source, and the one its parameters get in the target. */
export interface PathPair {
  readonly source: string;
  readonly target: string;
}

/** What the placeholders of a path stand for. */
export interface PathParts {
  readonly project?: string | undefined;
  readonly service?: string | undefined;
  readonly sourceEnvironment?: string | undefined;
  readonly environment?: string | undefined;
}

const placeholders = ['project', 'service', 'environment'] as const;

/** SSM takes 15 levels, and names stand below the path. */
const pathForm = /^(\/[A-Za-z0-9_.-]+){1,14}$/;

/**
 * The pairs of paths that are meant, from `/{project}/{environment}` or `/a/sit -> /b/prod`. What is no path, or the same
 * on both sides, is told as the problem of an input.
 * @param crosses whether the source is read in another account or region, where the same path is another one.
 */
export function readPaths(
  entries: readonly string[],
  parts: PathParts,
  crosses: boolean,
): { readonly pairs: readonly PathPair[]; readonly problems: readonly InputProblem[] } {
  const problems: InputProblem[] = [];
  const pairs: PathPair[] = [];
  for (const entry of entries) {
    const [from = '', to = from, ...more] = entry.split('->').map((side) => side.trim());
    const lacking = placeholders.filter((name) => lacks(name, from, to, parts));
    for (const name of lacking) problems.push(missingPart(name, entry, parts));
    if (lacking.length > 0) continue;
    const source = fill(from, { ...parts, environment: parts.sourceEnvironment });
    const target = fill(to, parts);
    if (more.length > 0 || !isPath(source) || !isPath(target)) problems.push(noPath(entry, source, target));
    else if (source === target && !crosses) problems.push(samePath(entry, source));
    else pairs.push({ source, target });
  }
  const overlap = overlapping(pairs.map(({ target }) => target));
  if (overlap)
    problems.push({
      input: 'paths',
      message: `\`${overlap[0]}\` and \`${overlap[1]}\` of the target hold the same parameters; give each parameter one source.`,
    });
  return { pairs, problems };
}

function lacks(name: (typeof placeholders)[number], from: string, to: string, parts: PathParts): boolean {
  if (name !== 'environment') return `${from}${to}`.includes(`{${name}}`) && !parts[name];
  return (
    (from.includes('{environment}') && !parts.sourceEnvironment) ||
    (to.includes('{environment}') && !parts.environment)
  );
}

function missingPart(name: (typeof placeholders)[number], entry: string, parts: PathParts): InputProblem {
  const input = name === 'environment' && parts.environment ? 'source-environment' : name;
  return {
    input,
    message: `is missing; \`paths\` has \`${entry}\`, and \`{${name}}\` must stand for something.`,
  };
}

function fill(path: string, parts: PathParts): string {
  return path
    .replace(
      /\{(project|service|environment)\}/g,
      (_, name: (typeof placeholders)[number]) => parts[name] ?? '',
    )
    .replace(/\/+$/, '');
}

function isPath(path: string): boolean {
  return pathForm.test(path) && !/^\/(aws|ssm)/i.test(path);
}

function noPath(entry: string, source: string, target: string): InputProblem {
  const became = entry.includes('{')
    ? `, which becomes "${source === target ? source : `${source} -> ${target}`}"`
    : '';
  return {
    input: 'paths',
    message: `got "${entry}"${became}, expected a path such as \`/{project}/{environment}\`, or two with \`->\` between them, of letters, digits and \`._-\`, not below \`/aws\` or \`/ssm\`.`,
  };
}

function samePath(entry: string, path: string): InputProblem {
  return {
    input: 'paths',
    message: `got "${entry}", which is \`${path}\` at the source and in the target, in one account. Name another \`source-environment\`, or the \`source-role\` of the other account.`,
  };
}

function overlapping(paths: readonly string[]): readonly [string, string] | undefined {
  for (const [index, one] of paths.entries())
    for (const other of paths.slice(index + 1))
      if (`${one}/`.startsWith(`${other}/`) || `${other}/`.startsWith(`${one}/`)) return [one, other];
  return undefined;
}
