import { expect, test } from '@jest/globals';
import { createRouter } from './router.ts';

const find = createRouter(
  [
    { operation: 'GET /refs/{ref}/commits' },
    { operation: 'GET /refs/{ref}' },
    { operation: 'POST /refs/{ref}' },
    { operation: 'GET /flags/{key}/{part}' },
  ],
  { prefix: '/api', long: new Set(['ref']) },
);
const met = (method: string, path: string) => {
  const found = find(method, path);
  return found && [found.route.operation, { ...found.params }];
};

test('a request meets the first route of its method and path, with what stands at the placeholders', () => {
  expect(met('GET', '/api/refs/heads/main/commits')).toEqual([
    'GET /refs/{ref}/commits',
    { ref: 'heads/main' },
  ]);
  expect(met('POST', '/api/refs/heads/main')).toEqual(['POST /refs/{ref}', { ref: 'heads/main' }]);
  expect(met('GET', '/api/flags/a%2Fb/on')).toEqual(['GET /flags/{key}/{part}', { key: 'a/b', part: 'on' }]);
});

test('a percent sign that begins no code stands for itself', () => {
  expect(met('GET', '/api/flags/100%/on')?.[1]).toEqual({ key: '100%', part: 'on' });
});

test.each([
  ['PUT', '/api/refs/main'],
  ['GET', '/refs/main'],
  ['GET', '/api/flags/a'],
  ['GET', '/api/flags/a/b/c'],
])('nothing is met by %s %s', (method, path) => {
  expect(met(method, path)).toBeUndefined();
});
