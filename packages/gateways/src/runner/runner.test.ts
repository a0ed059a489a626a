import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, jest, test } from '@jest/globals';
import { actionsRunner } from './runner.ts';

const folders: string[] = [];

afterEach(async () => {
  jest.restoreAllMocks();
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

test('what others wrote is no command to the runner, wherever its lines begin', () => {
  const written: string[] = [];
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  actionsRunner().runner.log.info('Jira says: no\n::stop-commands::x\n  ::add-mask::a\n##[error]b');
  const lines = written.join('').split('\n');
  expect(lines.filter((line) => /^\s*::|##\[/.test(line))).toEqual([]);
  expect(lines[0]).toBe('Jira says: no');
});

test('a folder in place of a file of the checkout is told as such', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'promo-runner-'));
  folders.push(folder);
  await writeFile(join(folder, 'file'), 'text');
  const { readFile } = actionsRunner().runner;
  await expect(readFile(folder)).rejects.toThrow(/could not be read.*EISDIR.*Give the path of a file/s);
  expect(await readFile(join(folder, 'file'))).toBe('text');
  expect(await readFile(join(folder, 'absent'))).toBeUndefined();
  expect(await readFile(join(folder, 'file', 'below'))).toBeUndefined();
});
