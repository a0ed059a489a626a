import * as v from 'valibot';
import { json } from '../action/index.ts';
import type { InputProblem } from '../errors/index.ts';
import { assign, peopleIn, type Quorum, type Roles } from './quorum.ts';

export const changeTypes = ['feature', 'bug-fix', 'hotfix', 'infrastructure', 'configuration'] as const;
export type ChangeType = (typeof changeTypes)[number];

/** Quorums by change type and environment; `any` stands for those that are not named. */
export type Matrix = Readonly<Record<string, Readonly<Record<string, Quorum>>>>;

const name = v.pipe(v.string(), v.nonEmpty('expected a name'));
const people = v.pipe(v.number(), v.integer(), v.minValue(1, 'expected how many people, from 1 up'));

const quorum = v.union(
  [
    v.pipe(
      v.array(name),
      v.transform((roles) => counted(roles)),
    ),
    v.pipe(
      v.record(name, people),
      v.transform((counts): Quorum => new Map(Object.entries(counts))),
    ),
  ],
  'expected a list of roles such as [tech-lead, operations-lead], or a map of roles to a number of people',
);

const matrixExpected =
  'a map of change types to environments to roles, such as `feature: { prod: [tech-lead, operations-lead] }`';
const matrixSchema = v.pipe(
  v.record(v.string(), v.record(name, quorum), `it is not ${matrixExpected}`),
  v.check(
    (matrix) => Object.keys(matrix).length > 0 && unknownTypes(matrix).length === 0,
    ({ input }) => {
      const unknown = unknownTypes(input).map((type) => `\`${type}\``);
      const known = [...changeTypes, 'any'].map((type) => `\`${type}\``).join(', ');
      return unknown.length > 0
        ? `${unknown.join(', ')} is no change type; they are ${known}`
        : 'it is empty';
    },
  ),
);

const rolesExpected =
  'a map of roles to logins, such as `{ tech-lead: [dev-lead], operations-lead: [ops-lead] }`';
const rolesSchema = v.pipe(
  v.unknown(),
  v.check((value) => !Array.isArray(value), `it is a list, not ${rolesExpected}`),
  v.record(
    name,
    v.union(
      [
        v.array(name),
        v.pipe(
          name,
          v.transform((one) => [one]),
        ),
      ],
      'expected the logins of the role',
    ),
    `it is not ${rolesExpected}`,
  ),
  v.transform((roles): Roles => new Map(Object.entries(roles))),
);

/** An input that holds the matrix. */
export function approvalMatrix(description: string) {
  return json(matrixSchema, matrixExpected, description, { required: true });
}

/** An input that says who has which role. */
export function approvalRoles(description: string) {
  return json(rolesSchema, rolesExpected, description, { required: true });
}

/** Who must approve this change in this environment; undefined when the matrix does not say. */
export function quorumFor(matrix: Matrix, type: ChangeType, environment: string): Quorum | undefined {
  for (const row of [type, 'any'])
    for (const column of [environment, 'any']) {
      const found = Object.hasOwn(matrix, row) ? matrix[row] : undefined;
      if (found && Object.hasOwn(found, column)) return found[column];
    }
  return undefined;
}

export interface MatrixInputs {
  readonly changeType?: ChangeType | undefined;
  readonly environment?: string | undefined;
  readonly matrix?: Matrix | undefined;
  readonly roles?: Roles | undefined;
}

/** What the matrix lacks for this change, or asks for that nobody could give. */
export function matrixProblems({
  changeType,
  environment,
  matrix,
  roles,
}: MatrixInputs): readonly InputProblem[] {
  if (environment === undefined || environment === '')
    return [{ input: 'environment', message: 'is missing; who must approve depends on it.' }];
  if (!matrix) return [];
  if (changeType && !quorumFor(matrix, changeType, environment)) {
    const message = `says nothing of a ${changeType} in \`${environment}\`. Name the roles that must approve it, or \`[]\` if nobody must.`;
    return [{ input: 'matrix', message }];
  }
  // Of a policy the type of the change is not known: it must hold for every type that the matrix has.
  const problems = (changeType ? [changeType] : changeTypes).flatMap((type) => {
    const asked = quorumFor(matrix, type, environment);
    return asked && roles ? roleProblems(asked, roles, `a ${type} in \`${environment}\``) : [];
  });
  return problems.slice(0, 1).map((message) => ({ input: 'roles', message }));
}

function roleProblems(asked: Quorum, roles: Roles, change: string): readonly string[] {
  const unknown = [...asked.keys()].filter((role) => !roles.has(role));
  if (unknown.length > 0) {
    const names = unknown.map((role) => `\`${role}\``).join(', ');
    return [`does not say who is ${names}, which ${change} needs.`];
  }
  const everybody = [...roles.values()].flat();
  const seated = [...assign(asked, roles, everybody).values()].flat().length;
  const needed = peopleIn(asked);
  return seated < needed
    ? [`has no ${needed} different people for ${describeQuorum(asked)}: nobody counts twice.`]
    : [];
}

/** `tech-lead and 2 × operations-lead`. */
export function describeQuorum(asked: Quorum): string {
  const parts = [...asked].map(([role, count]) => (count === 1 ? role : `${count} × ${role}`));
  return parts.join(' and ') || 'nobody';
}

function counted(roles: readonly string[]): Quorum {
  const counts = new Map<string, number>();
  for (const role of roles) counts.set(role, (counts.get(role) ?? 0) + 1);
  return counts;
}

function unknownTypes(matrix: Readonly<Record<string, unknown>>): readonly string[] {
  const known: readonly string[] = [...changeTypes, 'any'];
  return Object.keys(matrix).filter((type) => !known.includes(type));
}
