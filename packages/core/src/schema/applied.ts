import { oneLine } from '../foreign-text/index.ts';
import type { Finding } from '../gate/index.ts';

const collator = new Intl.Collator('en', { numeric: true });

/** The order in which migrations run: by their paths, numbers by their value. */
export function byVersion(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** How many of the migrations, in their order, the target has run. */
export interface Applied {
  readonly count: number;
  readonly finding?: Finding;
}

/** Finds the last migration that was run by its name, or by the beginning of it that tells its version. */
export function appliedOf(paths: readonly string[], through: string | undefined): Applied {
  if (through === undefined) return { count: 0 };
  const named = paths.filter((path) => path.split('/').some((part) => isNamed(part, through)));
  const [only] = named;
  if (only !== undefined && named.length === 1) return { count: paths.indexOf(only) + 1 };
  const name = oneLine(through);
  const seen = named.length === 0 ? 'none' : `${named.length} migrations`;
  return {
    count: 0,
    finding: {
      check: 'applied-through',
      outcome: 'fail',
      subject: name,
      seen,
      limit: 'one migration',
      message:
        named.length === 0
          ? `No migration is named ${name}, so which are new is not known.`
          : `${name} names ${named.slice(0, 3).map(oneLine).join(', ')}${named.length > 3 ? ' and more' : ''}, so which are new is not known.`,
      remedy:
        named.length === 0
          ? 'Has the target run a migration that this version does not have? Then this version is older than what is deployed. Or does `migrations` leave it out?'
          : 'Give the whole name.',
    },
  };
}

/** `V12` names `V12__add.sql` and not `V120__add.sql`. */
export function isNamed(part: string, name: string): boolean {
  return part.startsWith(name) && !/^[\p{L}\p{N}]/u.test(part.slice(name.length));
}
