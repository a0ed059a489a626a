import { Mistakes, suggestion } from '../mistake/index.ts';
import { flagMistake, readArguments } from './arguments.ts';
import type { Command, Console } from './command.ts';
import { rehearseCommand } from './rehearse.ts';
import { scenariosCommand } from './scenarios.ts';

export type { Console } from './command.ts';

const commands: readonly Command[] = [rehearseCommand, scenariosCommand];

/** Runs `promo` with its arguments and returns the exit code. */
export async function promo(args: readonly string[], console: Console): Promise<number> {
  try {
    return await dispatch(args, console);
  } catch (error) {
    if (!(error instanceof Mistakes)) throw error;
    console.err(error.message);
    return 2;
  }
}

async function dispatch(args: readonly string[], console: Console): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === '--help' || name === '-h' || (name === 'help' && rest.length === 0)) {
    for (const line of overview()) console.out(line);
    return name === undefined ? 2 : 0;
  }
  if (name === 'help') return tell(find(rest[0] ?? ''), console);
  const command = find(name);
  if (rest.includes('--help') || rest.includes('-h')) return tell(command, console);
  return command.run(readArguments(rest, command.flags), console);
}

function find(name: string): Command {
  const command = commands.find((one) => one.name === name);
  if (command) return command;
  const names = commands.map((one) => one.name);
  throw flagMistake(`promo has no command ${name}.${suggestion(name, names)} It has ${names.join(', ')}.`);
}

function overview(): string[] {
  return [
    'promo: rehearse promotions on your own machine',
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
