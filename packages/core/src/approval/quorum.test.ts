import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { InputError } from '../errors/index.ts';
import {
  approvalMatrix,
  approvalRoles,
  assign,
  type Matrix,
  matrixProblems,
  quorumFor,
  type Roles,
} from './index.ts';

const people = ['a', 'b', 'c', 'd', 'e'];
const roleNames = ['x', 'y', 'z'];
const anyRoles = fc
  .tuple(...roleNames.map(() => fc.uniqueArray(fc.constantFrom(...people))))
  .map((members): Roles => new Map(roleNames.map((role, at) => [role, members[at] ?? []])));
const anyQuorum = fc
  .uniqueArray(fc.tuple(fc.constantFrom(...roleNames), fc.integer({ min: 1, max: 2 })), {
    selector: ([role]) => role,
  })
  .map((counts) => new Map(counts));

/** The most places that can be taken, by trying everything. */
function most(places: readonly string[], roles: Roles, left: readonly string[]): number {
  const [place, ...rest] = places;
  if (place === undefined) return 0;
  const takers = left.filter((person) => roles.get(place)?.includes(person));
  return Math.max(
    most(rest, roles, left),
    ...takers.map(
      (taker) =>
        1 +
        most(
          rest,
          roles,
          left.filter((person) => person !== taker),
        ),
    ),
  );
}

describe('assign', () => {
  test('seats as many as can be seated, each person once, in roles they have, none beyond its count', () => {
    fc.assert(
      fc.property(anyQuorum, anyRoles, fc.array(fc.constantFrom(...people)), (quorum, roles, approving) => {
        const seated = assign(quorum, roles, approving);
        const all = [...seated.values()].flat();
        expect(new Set(all).size).toBe(all.length);
        for (const [role, persons] of seated) {
          expect(persons.length).toBeLessThanOrEqual(quorum.get(role) ?? 0);
          for (const person of persons) {
            expect(roles.get(role)).toContain(person);
            expect(approving).toContain(person);
          }
        }
        const places = [...quorum].flatMap(([role, count]) => Array.from({ length: count }, () => role));
        expect(all.length).toBe(most(places, roles, [...new Set(approving)]));
      }),
    );
  });

  test('who has two roles takes the one that would stay empty', () => {
    const roles = new Map([
      ['lead', ['both', 'dev']],
      ['ops', ['both']],
    ]);
    const quorum = new Map([
      ['lead', 1],
      ['ops', 1],
    ]);
    expect(assign(quorum, roles, ['both', 'dev'])).toEqual(
      new Map([
        ['lead', ['dev']],
        ['ops', ['both']],
      ]),
    );
    expect([...assign(quorum, roles, ['both']).values()].flat()).toEqual(['both']);
  });

  test('logins know no capitals', () => {
    expect(assign(new Map([['x', 2]]), new Map([['x', ['@Ops-Lead']]]), ['ops-lead', 'OPS-LEAD'])).toEqual(
      new Map([['x', ['ops-lead']]]),
    );
  });
});

describe('the matrix', () => {
  const matrixOf = (text: string) => approvalMatrix('').parse(text) as Matrix;
  const rolesOf = (text: string) => approvalRoles('').parse(text) as Roles;
  const matrix = matrixOf(`
    feature: { prod: [tech-lead, operations-lead], sit: [tech-lead] }
    hotfix: { prod: { tech-lead: 2 } }
    configuration: { any: [] }
    any: { prod: [operations-lead, operations-lead] }
  `);

  test('the change type comes before the environment, and what is named before any', () => {
    const people = (type: Parameters<typeof quorumFor>[1], environment: string) => {
      const quorum = quorumFor(matrix, type, environment);
      return quorum && Object.fromEntries(quorum);
    };
    expect(people('feature', 'prod')).toEqual({ 'tech-lead': 1, 'operations-lead': 1 });
    expect(people('hotfix', 'prod')).toEqual({ 'tech-lead': 2 });
    expect(people('configuration', 'prod')).toEqual({});
    expect(people('bug-fix', 'prod')).toEqual({ 'operations-lead': 2 });
    expect(people('hotfix', 'sit')).toBeUndefined();
    expect(people('feature', 'constructor')).toBeUndefined();
  });

  test.each([
    ['[feature]', '0: Invalid type: Expected Object'],
    ['{}', 'it is empty'],
    ['bugfix: { prod: [a] }', '`bugfix` is no change type; they are `feature`, `bug-fix`'],
    ['feature: { prod: tech-lead }', 'feature.prod: expected a list of roles'],
    ['feature: { prod: { tech-lead: 0 } }', 'feature.prod'],
    ['feature: [prod]', 'feature.0'],
    ['feature: { prod: [', 'not readable as YAML'],
  ])('%s is refused', (text, message) => {
    expect(() => matrixOf(text)).toThrow(message);
  });

  test.each(['[a, b]', 'tech-lead: { a: 1 }', 'tech-lead'])('roles %s are refused', (text) => {
    expect(() => rolesOf(text)).toThrow();
  });

  const problems = (over: object) =>
    new InputError(
      matrixProblems({
        changeType: 'feature',
        environment: 'prod',
        matrix,
        roles: rolesOf('{ tech-lead: [a, b], operations-lead: c }'),
        ...over,
      }),
    ).message.trim();

  test('what nobody could ever give is said before anything is asked', () => {
    expect(problems({})).toBe('');
    expect(problems({ environment: undefined })).toContain('environment: is missing');
    expect(problems({ changeType: 'hotfix', environment: 'sit' })).toContain(
      'matrix: says nothing of a hotfix in `sit`',
    );
    expect(problems({ roles: rolesOf('tech-lead: [a]') })).toContain(
      'roles: does not say who is `operations-lead`, which a feature in `prod` needs',
    );
    expect(problems({ roles: rolesOf('{ tech-lead: [a], operations-lead: [A] }') })).toContain(
      'roles: has no 2 different people for tech-lead and operations-lead',
    );
    expect(problems({ changeType: 'bug-fix' })).toContain('for 2 × operations-lead');
  });

  test('a policy is held to every type of change that its matrix has', () => {
    expect(problems({ changeType: undefined })).toContain('roles: has no 2 different people');
    const enough = rolesOf('{ tech-lead: [a, b], operations-lead: [c, d] }');
    expect(problems({ changeType: undefined, roles: enough })).toBe('');
    expect(problems({ changeType: undefined, environment: 'dev', roles: enough })).toBe('');
  });
});
