import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Permissions } from '../workflow/index.ts';
import { type Granted, grant, levelOf } from './permissions.ts';

const order = ['none', 'read', 'write'];
const scope = fc.constantFrom('contents', 'id-token', 'deployments', 'actions');
const permissions: fc.Arbitrary<Permissions> = fc.oneof(
  fc.constantFrom<Permissions>('read-all', 'write-all'),
  fc.dictionary(scope, fc.constantFrom('none', 'read', 'write'), { noNullPrototype: true }),
);

describe('the permissions of a job', () => {
  test('are never more than the caller’s, nor than what the job asks for', () => {
    fc.assert(
      fc.property(permissions, permissions, scope, (own, callers, name) => {
        const caller = grant(callers, undefined);
        const seen = order.indexOf(levelOf(grant(own, caller), name));
        expect(seen).toBe(
          Math.min(order.indexOf(levelOf(caller, name)), order.indexOf(levelOf(grant(own, undefined), name))),
        );
      }),
    );
  });

  const yes: Granted = { scopes: { 'id-token': 'write' }, rest: 'none' };
  const no: Granted = { scopes: { contents: 'write' }, rest: 'none' };
  test.each([
    ['nobody says anything', undefined, undefined, 'none'],
    ['the job asks', { 'id-token': 'write' }, undefined, 'write'],
    ['the job asks for other things', { contents: 'read' }, undefined, 'none'],
    ['only the caller says yes', undefined, yes, 'write'],
    ['the caller has none', { 'id-token': 'write' }, no, 'none'],
    ['write-all', 'write-all' as const, undefined, 'write'],
    ['read-all', 'read-all' as const, undefined, 'none'],
  ])('hold an ID token when %s: %s', (_, declared, caller, expected) => {
    expect(levelOf(grant(declared, caller), 'id-token')).toBe(expected);
  });

  test('are GitHub’s restricted default where nothing is written', () => {
    const granted = grant(undefined, undefined);
    expect(['contents', 'deployments', 'actions'].map((name) => levelOf(granted, name))).toEqual([
      'read',
      'none',
      'none',
    ]);
  });
});
