import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { evaluate, globMatches, holds, type Scope, textOf } from './index.ts';

const scope: Scope = {
  contexts: {
    github: { actor: 'ops-lead', event: { inputs: { version: 'v1.2.3' } } },
    inputs: { dry: false, count: 2 },
    needs: { a: { result: 'success', outputs: { list: '[1,2]' } } },
    vars: {},
  },
  status: { success: () => false, failure: () => true, cancelled: () => false },
};

describe('expressions', () => {
  test.each([
    ['github.event.inputs.version', 'v1.2.3'],
    ["format('{0}-{1}', github.actor, inputs.count)", 'ops-lead-2'],
    ['fromJSON(needs.a.outputs.list)[1]', 2],
    ["contains('Hello', 'hell')", true],
    ["inputs.dry && 'yes' || 'no'", 'no'],
    ['join(fromJSON(\'["a","b"]\'), \'+\')', 'a+b'],
    ["startsWith(github.actor, 'OPS') && endsWith(github.actor, 'lead')", true],
    ['vars.missing', null],
    ['secrets.missing.deeper', null],
    ["'1' == 1", true],
    ['failure() && !success() && always() && !cancelled()', true],
    ['needs.*.result', ['success']],
  ])('%s', (expression, value) => {
    expect(evaluate(expression, scope)).toEqual(value);
  });

  test('toJSON keeps the types', () => {
    expect(JSON.parse(textOf(evaluate('toJSON(inputs)', scope)))).toEqual({ dry: false, count: 2 });
  });

  test('a condition is judged by GitHub’s idea of truth', () => {
    expect(['0', "''", 'null', 'false'].map((each) => holds(each, scope))).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(["'0'", '1', "'false'", 'github'].map((each) => holds(each, scope))).toEqual([
      true,
      true,
      true,
      true,
    ]);
  });

  test('null is empty text and an object says what it is', () => {
    expect([textOf(null), textOf({ a: 1 }), textOf([1]), textOf(true), textOf(1.5)]).toEqual([
      '',
      'Object',
      'Array',
      'true',
      '1.5',
    ]);
  });
});

describe('hashFiles', () => {
  const workspace = mkdtempSync(join(tmpdir(), 'promo-hash-'));
  afterAll(() => rmSync(workspace, { recursive: true }));
  mkdirSync(join(workspace, 'deep/er'), { recursive: true });
  writeFileSync(join(workspace, 'package-lock.json'), 'one');
  writeFileSync(join(workspace, 'deep/er/package-lock.json'), 'two');
  symlinkSync('nowhere', join(workspace, 'broken-link'));
  const hash = (...patterns: string[]) =>
    evaluate(`hashFiles(${patterns.map((pattern) => `'${pattern}'`).join(', ')})`, { ...scope, workspace });

  test('follows the files that match, and only those', () => {
    const all = hash('**/package-lock.json');
    expect(all).toMatch(/^[0-9a-f]{64}$/);
    expect(hash('**/package-lock.json')).toBe(all);
    expect(hash('**/package-lock.json', '!deep/**')).toBe(hash('package-lock.json'));
    expect(hash('package-lock.json')).not.toBe(all);
    expect(hash('nothing*')).toBe('');
    expect(hash('broken*')).toBe('');
  });

  test.each([
    ['src/a/b.ts', 'src/**/*.ts', true],
    ['src/b.ts', 'src/**/*.ts', true],
    ['src/b.tsx', 'src/**/*.ts', false],
    ['a/b', '*', false],
    ['a.b', 'a?b', true],
    ['axb', 'a.b', false],
  ])('%s against %s', (path, pattern, expected) => {
    expect(globMatches(path, pattern)).toBe(expected);
  });
});
