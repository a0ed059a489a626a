import { expect, test } from '@jest/globals';
import { InputError } from '../errors/index.ts';
import { loadPolicy, readPolicy } from './index.ts';

const vocabulary = {
  'stability-check': ['functions', 'max-errors', 'alias'],
  'record-deployment': ['table'],
  'maintenance-window': ['windows'],
};

const policy = `
defaults:
  table: deployments
  stability-check: { max-errors: 10 }
environments:
  prod:
    alias: latest-prod
    windows:
      - { days: [Tue, Thu], from: '22:00', to: '02:00' }
    functions: [a, b]
    stability-check:
      max-errors: 5
services:
  orders:
    alias: live
    environments:
      prod: { table: orders-log }
`;

function setting(
  input: string,
  service = '',
  action = 'stability-check',
  structured = false,
): string | undefined {
  return loadPolicy(policy, 'p.yml', vocabulary).setting(
    { action, environment: 'prod', service, input },
    structured,
  )?.text;
}

test('the nearest section wins: service in environment, service, environment, defaults', () => {
  expect(setting('table', 'orders')).toBe('orders-log');
  expect(setting('alias', 'orders')).toBe('live');
  expect(setting('alias', 'invoices')).toBe('latest-prod');
  expect(setting('table', 'invoices')).toBe('deployments');
  expect(setting('max-errors')).toBe('5');
  expect(setting('max-errors', '', 'record-deployment')).toBeUndefined();
});

test('lists come as lines, and as JSON for structured inputs', () => {
  expect(setting('functions')).toBe('a\nb');
  expect(setting('windows', '', 'maintenance-window', true)).toBe(
    '[{"days":["Tue","Thu"],"from":"22:00","to":"02:00"}]',
  );
});

test('a setting says where it stands', () => {
  const found = loadPolicy(policy, 'p.yml', vocabulary).setting(
    { action: '', environment: 'prod', service: '', input: 'alias' },
    false,
  );
  expect(found?.where).toBe('p.yml:7:12');
});

test('every mistake is named with file, line and column', () => {
  const wrong =
    'defauts: {}\ndefaults:\n  tabel: x\n  stability-check: { max-erors: 5 }\nenvironments: [prod]\n';
  expect(() => loadPolicy(wrong, 'p.yml', vocabulary)).toThrow(InputError);
  try {
    loadPolicy(wrong, 'p.yml', vocabulary);
  } catch (error) {
    const { problems } = error as InputError;
    expect(problems.map((problem) => problem.where)).toEqual([
      'p.yml:1:1',
      'p.yml:3:3',
      'p.yml:4:22',
      'p.yml:5:15',
    ]);
    expect(problems[1]?.message).toContain('did you mean `table`?');
    expect(problems[2]?.message).toContain('did you mean `max-errors`?');
  }
});

test('broken YAML is told where it breaks', () => {
  expect(() => loadPolicy('defaults:\n  a: [1, 2\nb: }', 'p.yml')).toThrow(/p\.yml:\d+:\d+/);
  // Once, not again in the parser's own words.
  expect(() => loadPolicy('defaults:\n  a: [1\n', 'p.yml')).toThrow(
    /^ {2}policy \(p\.yml:3:1\): Flow sequence .* must be sufficiently indented and end with a \]$/,
  );
});

test('an empty policy sets nothing', () => {
  const empty = loadPolicy('', 'p.yml');
  expect(
    empty.setting({ action: 'x', environment: 'prod', service: '', input: 'table' }, false),
  ).toBeUndefined();
  expect(empty.environments).toEqual([]);
});

test('anchors are read as what they stand for', () => {
  const text =
    'defaults: { functions: &all [a, b] }\nenvironments: { prod: { functions: *all }, sit: &sit { alias: x }, dev: *sit }\n';
  const ask = (environment: string, input: string) =>
    loadPolicy(text, 'p.yml', vocabulary).setting(
      { action: 'stability-check', environment, service: '', input },
      false,
    )?.text;
  expect(ask('prod', 'functions')).toBe('a\nb');
  expect(ask('dev', 'alias')).toBe('x');
});

test('a setting without a value is a mistake, not an empty value', () => {
  expect(() =>
    loadPolicy('defaults:\n  windows:\n  stability-check:\n    alias: ~\n', 'p.yml', vocabulary),
  ).toThrow(/p\.yml:2:3\): `windows` has no value[\s\S]*p\.yml:4:5\): `alias` has no value/);
});

test('what orders one step of one run is no policy', () => {
  const text = 'defaults: { version: v1.4.0 }\nenvironments: { prod: { stability-check: { weight: 50 } } }\n';
  expect(() => loadPolicy(text, 'p.yml', vocabulary)).toThrow(
    /p\.yml:1:13\): `version` orders one step of one run[\s\S]*p\.yml:2:44\): `weight` orders one step/,
  );
});

test('every value is listed with what it is for and where it stands', () => {
  const { policy: read, problems } = readPolicy(`${policy}  unknown: {}\nother: 1\n`, 'p.yml', vocabulary);
  expect(problems.map(({ where }) => where)).toEqual(['p.yml:19:1']);
  expect(read.entries.slice(0, 2).map(({ text, ...entry }) => ({ ...entry, text: text(false) }))).toEqual([
    { input: 'table', action: undefined, where: 'p.yml:3:10', text: 'deployments' },
    { input: 'max-errors', action: 'stability-check', where: 'p.yml:4:34', text: '10' },
  ]);
  expect(read.entries).toHaveLength(8);
  expect(readPolicy('a: [1', 'p.yml').problems).toHaveLength(1);
});
