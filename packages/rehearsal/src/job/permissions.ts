import type { Permissions } from '../workflow/index.ts';

type Level = 'none' | 'read' | 'write';
const ORDER: readonly Level[] = ['none', 'read', 'write'];

/** What a job's token may do: a level for each scope that is named, another for all the rest. */
export interface Granted {
  readonly scopes: Readonly<Record<string, Level>>;
  readonly rest: Level;
}

/** GitHub's restricted default, for where no `permissions` are written. */
const DEFAULT: Granted = { scopes: { contents: 'read', packages: 'read', metadata: 'read' }, rest: 'none' };

/** The job's own `permissions`, else its workflow's, else what the caller has; never more than the caller has. */
export function grant(declared: Permissions | undefined, caller: Granted | undefined): Granted {
  if (declared === undefined) return caller ?? DEFAULT;
  const own = read(declared);
  if (!caller) return own;
  const names = [...Object.keys(own.scopes), ...Object.keys(caller.scopes)];
  const scopes = names.map((name) => [name, least(levelOf(own, name), levelOf(caller, name))] as const);
  return { scopes: Object.fromEntries(scopes), rest: least(own.rest, caller.rest) };
}

export function levelOf(granted: Granted, scope: string): Level {
  return granted.scopes[scope] ?? granted.rest;
}

function read(permissions: Permissions): Granted {
  if (permissions === 'write-all') return { scopes: {}, rest: 'write' };
  // There is no reading of an ID token.
  if (permissions === 'read-all') return { scopes: { 'id-token': 'none' }, rest: 'read' };
  const scopes = Object.entries(permissions).map(([scope, word]) => [scope, levelNamed(word)] as const);
  return { scopes: { metadata: 'read', ...Object.fromEntries(scopes) }, rest: 'none' };
}

function levelNamed(word: string): Level {
  return ORDER.find((level) => level === word) ?? 'none';
}

function least(left: Level, right: Level): Level {
  return ORDER.indexOf(left) <= ORDER.indexOf(right) ? left : right;
}
