import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readPaths } from './paths.ts';
import { isSelected, isTold, keyBelow, meets, targetName } from './select.ts';

const parts = { project: 'tenants', service: 'orders', sourceEnvironment: 'sit', environment: 'prod' };

test.each([
  ['/{project}/{environment}', [{ source: '/tenants/sit', target: '/tenants/prod' }]],
  ['/{environment}/{service}/', [{ source: '/sit/orders', target: '/prod/orders' }]],
  ['/old/sit -> /new/{environment}', [{ source: '/old/sit', target: '/new/prod' }]],
])('%s', (entry, pairs) => {
  expect(readPaths([entry], parts, false)).toEqual({ pairs, problems: [] });
});

test.each([
  ['tenants/{environment}', /got "tenants\/{environment}", which becomes "tenants\/sit -> tenants\/prod"/],
  ['/{project}/{stage}', /expected a path such as/],
  ['/a -> /b -> /c', /expected a path such as/],
  ['/aws/{environment}', /not below `\/aws`/],
  ['/', /expected a path/],
  ['/shared', /is `\/shared` at the source and in the target, in one account/],
])('%s is refused', (entry, message) => {
  const { pairs, problems } = readPaths([entry], parts, false);
  expect(pairs).toEqual([]);
  expect(problems.map((problem) => problem.message).join()).toMatch(message);
});

test('in another account the same path is another', () => {
  expect(readPaths(['/shared'], parts, true).pairs).toEqual([{ source: '/shared', target: '/shared' }]);
});

test('what a placeholder lacks is named as the input that would give it', () => {
  const told = (given: object) =>
    readPaths(['/{service}/{environment}'], given, false).problems.map(({ input }) => input);
  expect(told({})).toEqual(['service', 'environment']);
  expect(told({ service: 'orders', environment: 'prod' })).toEqual(['source-environment']);
});

test('paths of the target do not overlap', () => {
  const { problems } = readPaths(['/{environment}', '/{environment}/{service}'], parts, false);
  expect(problems.map(({ message }) => message)).toEqual([
    '`/prod` and `/prod/orders` of the target hold the same parameters; give each parameter one source.',
  ]);
});

test.each([
  ['a', 'a', true],
  ['a/b', '*', false],
  ['a/b', '**', true],
  ['a/b/c', 'a/*', false],
  ['a/b/c', 'a/**', true],
  ['password', '**/password', true],
  ['x/y/password', '**/password', true],
  ['x/ypassword', '**/password', false],
  ['a.b', 'a?b', false],
  ['aXb', 'a.b', false],
])('%s against %s: %s', (key, pattern, expected) => {
  expect(meets(key, pattern)).toBe(expected);
});

test('a key and its path make the name, and back', () => {
  const word = fc.stringMatching(/^[a-z0-9_.-]{1,8}$/);
  const key = fc.array(word, { minLength: 1, maxLength: 4 }).map((words) => words.join('/'));
  fc.assert(
    fc.property(key, key, (path, below) => {
      const name = targetName(below, { source: '/x', target: `/${path}` });
      expect(keyBelow(name, `/${path}`)).toBe(below);
      expect(meets(below, '**') && meets(below, below) && isSelected(below, { include: [below] })).toBe(true);
      expect(isSelected(below, { exclude: ['**'] })).toBe(false);
    }),
  );
});

test('what is told of an environment is no configuration', () => {
  expect(['deployed-version', 'orders/deployed-at', 'deployed-version/x'].map(isTold)).toEqual([
    true,
    true,
    false,
  ]);
});
