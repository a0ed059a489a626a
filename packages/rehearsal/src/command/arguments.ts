import { parseArgs } from 'node:util';
import { Mistakes, suggestion } from '../mistake/index.ts';

/** One flag of a command, as `promo help` tells it. */
export interface Flag {
  readonly name: string;
  /** What its value is, in capitals; none for a switch. */
  readonly value?: string;
  readonly description: string;
}

export interface Given {
  readonly flags: Readonly<Record<string, string>>;
  readonly positionals: readonly string[];
}

/** @throws {Mistakes} for a flag that the command does not have, or one without its value. */
export function readArguments(args: readonly string[], flags: readonly Flag[]): Given {
  const options = Object.fromEntries(
    flags.map((flag) => [flag.name, { type: flag.value ? ('string' as const) : ('boolean' as const) }]),
  );
  const { tokens } = parseArgs({
    args: [...args],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given: Record<string, string> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const flag = flags.find((one) => one.name === token.name);
    if (!flag) {
      const names = flags.map((one) => `--${one.name}`);
      throw flagMistake(
        `there is no flag ${token.rawName}.${suggestion(token.rawName, names)} There are ${names.join(', ')}.`,
      );
    }
    if (flag.value && (!token.value || (!token.inlineValue && token.value.startsWith('--'))))
      throw flagMistake(`--${flag.name} needs a value: --${flag.name} ${flag.value}`);
    given[flag.name] = token.value ?? 'true';
  }
  return { flags: given, positionals };
}

export function flagMistake(message: string): Mistakes {
  return new Mistakes([{ file: '', message }]);
}
