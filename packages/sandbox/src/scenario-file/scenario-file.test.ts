import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { readScenarioFile, UnreadableScenario } from './index.ts';

const folder = mkdtempSync(join(tmpdir(), 'scenario-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const base =
  'name: Base\ninputs: { version: v1, ticket: A }\nworld:\n  traffic: [1, 2]\n  jira: { site: x }\n';
write('base.yml', base);

test('maps merge, lists and values replace, null takes away', () => {
  const path = write(
    'over.yml',
    'extends: base.yml\nname: Over\ninputs: { ticket: B }\nworld:\n  traffic: [3]\n  jira: null\n',
  );
  expect(readScenarioFile(path).value).toEqual({
    name: 'Over',
    inputs: { version: 'v1', ticket: 'B' },
    world: { traffic: [3] },
  });
});

test('a part is found in the file that says it', () => {
  const path = write('located.yml', 'extends: base.yml\ninputs: { ticket: B }\n');
  const { locate } = readScenarioFile(path, 'located.yml');
  expect(locate(['inputs', 'ticket'])).toEqual({ file: 'located.yml', line: 2, column: 19 });
  expect(locate(['inputs', 'ticket'], 'key')).toEqual({ file: 'located.yml', line: 2, column: 11 });
  expect(locate(['inputs', 'version'])).toEqual({ file: 'base.yml', line: 2, column: 20 });
  expect(locate(['world', 'traffic', 1])).toEqual({ file: 'base.yml', line: 4, column: 16 });
  expect(locate(['nothing'])).toEqual({ file: 'located.yml', line: 1, column: 1 });
});

test.each([
  ['missing.yml', undefined, 'there is no such scenario file'],
  ['broken.yml', 'a: [1', /flow sequence|expected/i],
  ['astray.yml', 'extends: nowhere.yml', 'there is no nowhere.yml beside this file'],
  ['round.yml', 'extends: round.yml', 'extends this file in turn'],
  ['odd.yml', 'extends: [a]', 'expected the name of a scenario file'],
])('%s is refused by name', (name, text, message) => {
  const path = text === undefined ? join(folder, name) : write(name, text);
  expect(() => readScenarioFile(path, name)).toThrow(UnreadableScenario);
  expect(() => readScenarioFile(path, name)).toThrow(message);
});
