import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';

/**
 * GitHub's `hashFiles`: SHA-256 of the SHA-256s of the files that match, in the order of their paths; empty when none
 * does. A pattern that begins with `!` takes files away again.
 */
export function hashFiles(workspace: string, patterns: readonly string[]): string {
  const globs = patterns
    .flatMap((lines) => lines.split('\n'))
    .map((line) => line.trim())
    .filter(Boolean)
    .map(readGlob);
  const taken = readdirSync(workspace, { recursive: true, encoding: 'utf8' })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => matches(path, globs) && isFile(join(workspace, path)))
    .sort();
  if (taken.length === 0) return '';
  const whole = createHash('sha256');
  for (const path of taken)
    whole.update(
      createHash('sha256')
        .update(readFileSync(join(workspace, path)))
        .digest(),
    );
  return whole.digest('hex');
}

/** A link that leads nowhere is none. */
function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** Whether a path below the root matches a pattern of `*`, `?`, `**` and `[…]`. */
export function globMatches(path: string, pattern: string): boolean {
  return readGlob(pattern).expression.test(path);
}

interface Glob {
  readonly unwanted: boolean;
  readonly expression: RegExp;
}

function matches(path: string, globs: readonly Glob[]): boolean {
  return globs.reduce((taken, glob) => (glob.expression.test(path) ? !glob.unwanted : taken), false);
}

function readGlob(pattern: string): Glob {
  const source = pattern
    .replace(/^!/, '')
    .replace(/^\.?\//, '')
    .replace(/\*\*\/|\*\*|\*|\?|[.+^${}()|\\]/g, (part) => {
      if (part === '**/') return '(?:.*/)?';
      if (part === '**') return '.*';
      if (part === '*') return '[^/]*';
      return part === '?' ? '[^/]' : `\\${part}`;
    });
  return { unwanted: pattern.startsWith('!'), expression: new RegExp(`^${source}$`) };
}
