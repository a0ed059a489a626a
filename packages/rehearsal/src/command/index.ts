import { Mistakes, suggestion } from '../mistake/index.ts';
import { flagMistake, readArguments } from './arguments.ts';
import type { Command, Console } from './command.ts';

export { type Flag, flagMistake, type Given } from './arguments.ts';
export type { Command, Console } from './command.ts';
export { rehearseCommand } from './rehearse.ts';
export { repositoryFolder } from './repository.ts';
export { scenariosCommand } from './scenarios.ts';

/** Runs one of the commands of `promo` with its arguments and returns the exit code. */
export async function promo(
  commands: readonly Command[],
  args: readonly string[],
  console: Console,
): Promise<number> {
  try {
    return await dispatch(commands, args, console);
  } catch (error) {
    if (!(error instanceof Mistakes)) throw error;
    console.err(error.message);
    return 2;
  }
}

async function dispatch(
  commands: readonly Command[],
  args: readonly string[],
  console: Console,
): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || (name === 'help' && rest.length === 0)) {
    for (const line of overview(commands)) console.out(line);
    return name === undefined ? 2 : 0;
  }
  if (name === 'help') return tell(find(commands, rest[0] ?? ''), console);
  const command = find(commands, name);
  if (rest.includes('--help') || rest.includes('-h')) return tell(command, console);
  const given = readArguments(rest, command.flags);
  if (given.positionals.length > 0 && !command.positionals)
    throw flagMistake(`promo ${name} takes flags alone, not ${given.positionals.join(', ')}`);
  return command.run(given, console);
}

function find(commands: readonly Command[], name: string): Command {
  const command = commands.find((one) => one.name === name);
  if (command) return command;
  const names = commands.map((one) => one.name);
  throw flagMistake(`promo has no command ${name}.${suggestion(name, names)} It has ${names.join(', ')}.`);
}

function overview(commands: readonly Command[]): string[] {
  return [
    'promo: rehearse promotions on your own machine, and look at what was promoted',
    '',
    ...commands.map((command) => `  promo ${command.name.padEnd(12)} ${command.summary}`),
    `  promo ${'help'.padEnd(12)} COMMAND: what a command takes`,
  ];
}

function tell(command: Command, console: Console): number {
  const flags = command.flags.map(
    (flag) => [`--${flag.name}${flag.value ? ` ${flag.value}` : ''}`, flag.description] as const,
  );
  const width = Math.max(...flags.map(([left]) => left.length));
  const lines = [
    `promo ${command.name} ${command.usage}`.trimEnd(),
    '',
    `  ${command.summary}`,
    '',
    ...flags.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`),
    '',
    ...command.details,
  ];
  for (const line of lines) console.out(line);
  return 0;
}
