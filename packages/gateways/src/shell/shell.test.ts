import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { bash } from './index.ts';

async function run(command: string, timeout = 20_000, environment = {}) {
  const printed: string[] = [];
  const result = await bash((line) => printed.push(line)).run(command, { timeout, environment });
  return { ...result, printed };
}

test('a command ends as bash ends it, and what it printed last is known', async () => {
  expect(await run('echo one; echo V12; echo; echo loud >&2')).toMatchObject({
    exitCode: 0,
    timedOut: false,
    lastLine: 'V12',
    printed: expect.arrayContaining(['one', 'V12', 'loud']),
  });
});

test('it stops at the first failure, in a pipe, too, and at a variable that is not set', async () => {
  expect(await run('false; echo on')).toMatchObject({ exitCode: 1, lastLine: '' });
  expect(await run('false | cat; echo on')).toMatchObject({ exitCode: 1, lastLine: '' });
  expect((await run('echo "$NOT_SET_ANYWHERE"; echo on')).exitCode).toBe(1);
});

test('it is told what it needs to know beside the environment of the step', async () => {
  const command = 'test -n "$PATH"; echo "$APPLIED_THROUGH"';
  expect((await run(command, 20_000, { APPLIED_THROUGH: 'V12' })).lastLine).toBe('V12');
});

test('what takes too long is killed with all that it started', async () => {
  const { exitCode, timedOut, lastLine } = await run('sleep 300 & echo $!; wait', 300);
  expect([exitCode, timedOut]).toEqual([undefined, true]);
  expect(commandLine(Number(lastLine))).toBe('');
});

/** Empty once the process has ended, also while nobody has asked how. */
function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
