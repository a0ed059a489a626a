import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The files by which a step's process tells the runner things, fresh for every process. */
export interface CommandFiles {
  /** `GITHUB_OUTPUT` … with their paths. */
  readonly environment: Readonly<Record<string, string>>;
  /** What the process wrote. Throws an error that names the file when it is not well formed. */
  read(): Told;
}

export interface Told {
  readonly outputs: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly path: readonly string[];
  readonly summary: string;
}

const NAMES = ['OUTPUT', 'ENV', 'PATH', 'STATE', 'STEP_SUMMARY'] as const;

export function createCommandFiles(folder: string): CommandFiles {
  const own = join(folder, randomUUID());
  mkdirSync(own, { recursive: true });
  const pathOf = (name: (typeof NAMES)[number]) => join(own, name.toLowerCase());
  for (const name of NAMES) writeFileSync(pathOf(name), '');
  const content = (name: (typeof NAMES)[number]) => readFileSync(pathOf(name), 'utf8');
  return {
    environment: Object.fromEntries(NAMES.map((name) => [`GITHUB_${name}`, pathOf(name)])),
    read() {
      return {
        outputs: readPairs(content('OUTPUT'), 'GITHUB_OUTPUT'),
        env: readPairs(content('ENV'), 'GITHUB_ENV'),
        state: readPairs(content('STATE'), 'GITHUB_STATE'),
        path: content('PATH')
          .split(/\r?\n/)
          .filter((line) => line !== ''),
        summary: content('STEP_SUMMARY'),
      };
    },
  };
}

/** `name=value` lines and `name<<DELIMITER … DELIMITER` blocks. */
function readPairs(content: string, file: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  const lines = content.split(/\r?\n/);
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (heredoc > 0 && (equals < 0 || heredoc < equals)) {
      const delimiter = line.slice(heredoc + 2);
      const end = delimiter === '' ? -1 : lines.indexOf(delimiter, at + 1);
      if (end < 0)
        throw new Error(
          `$${file}: the value of ${line.slice(0, heredoc)} has no end; expected a line ${delimiter}`,
        );
      pairs[line.slice(0, heredoc)] = lines.slice(at + 1, end).join('\n');
      at = end;
    } else if (equals > 0) {
      pairs[line.slice(0, equals)] = line.slice(equals + 1);
    } else {
      throw new Error(`$${file}: invalid format '${line}'; expected name=value or name<<DELIMITER`);
    }
  }
  return pairs;
}
