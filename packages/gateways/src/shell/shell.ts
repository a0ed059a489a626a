import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { OutsideError } from '@promo-actions/core/errors';
import type { CommandResult, Shell } from '@promo-actions/core/schema';

/** What was asked to end has so long before it is killed. Milliseconds. */
const grace = 5_000;

/**
 * Commands of the policy, run by bash as a step of a workflow is: `-euo pipefail`, in the checkout, with the environment of
 * the step. A cancelled run does not end them: what takes something back should come to its end.
 */
export function bash(print: (line: string) => void): Shell {
  return { run: (command, limits) => run(command, limits, print) };
}

function run(
  command: string,
  { timeout, environment }: Parameters<Shell['run']>[1],
  print: (line: string) => void,
): Promise<CommandResult> {
  const child = spawn('bash', ['--noprofile', '--norc', '-euo', 'pipefail', '-c', command], {
    cwd: process.env.GITHUB_WORKSPACE ?? process.cwd(),
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let lastLine = '';
  let timedOut = false;
  createInterface({ input: child.stdout }).on('line', (line) => {
    print(line);
    if (line.trim() !== '') lastLine = line.trim();
  });
  createInterface({ input: child.stderr }).on('line', print);
  // Its own process group, so that what it started is killed with it.
  const kill = (signal: NodeJS.Signals) => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal);
    } catch {
      // It has ended in the meantime.
    }
  };
  const timers = [
    setTimeout(() => {
      timedOut = true;
      kill('SIGTERM');
    }, timeout),
    setTimeout(() => kill('SIGKILL'), timeout + grace),
  ];
  return new Promise<CommandResult>((resolve, reject) => {
    child.once('error', (cause) => reject(notStarted(cause)));
    child.once('close', (code) => resolve({ exitCode: code ?? undefined, timedOut, lastLine }));
  }).finally(() => timers.forEach(clearTimeout));
}

function notStarted(cause: Error): OutsideError {
  return new OutsideError({
    what: 'bash could not be started',
    code: 'code' in cause ? String(cause.code) : cause.name,
    remedy: 'Run the step on a runner that has bash',
    cause,
  });
}
