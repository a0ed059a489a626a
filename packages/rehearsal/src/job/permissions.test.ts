import { expect, test } from '@jest/globals';
import { mayHaveIdToken } from './permissions.ts';

test.each([
  ['nobody says anything', undefined, undefined, false],
  ['the job asks', { 'id-token': 'write' }, undefined, true],
  ['the job asks for other things', { contents: 'read' }, undefined, false],
  ['only the caller says yes', undefined, true, true],
  ['the caller forbids', { 'id-token': 'write' }, false, false],
  ['the job gives it away', { contents: 'read' }, true, false],
  ['write-all', 'write-all' as const, undefined, true],
  ['read-all', 'read-all' as const, undefined, false],
])('an ID token when %s', (_, declared, caller, expected) => {
  expect(mayHaveIdToken(declared, caller)).toBe(expected);
});
