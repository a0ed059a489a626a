import type { Dictionary, Value } from '../expression/index.ts';

export interface Strategy {
  readonly combinations: readonly Dictionary[];
  readonly failFast: boolean;
  readonly maxParallel: number;
}

/** GitHub makes at most so many jobs of one matrix. */
const MOST_COMBINATIONS = 256;

/**
 * The combinations of a `strategy`, its expressions evaluated. Without a matrix there is one, empty.
 * Throws an Error that says what is wrong with it.
 */
export function readStrategy(strategy: Value | undefined): Strategy {
  const {
    matrix,
    'fail-fast': failFast,
    'max-parallel': maxParallel,
  } = dictionary(strategy ?? {}, 'strategy');
  const combinations = matrix === undefined ? [{}] : expandMatrix(dictionary(matrix, 'strategy.matrix'));
  if (combinations.length === 0)
    throw new Error('strategy.matrix has no combination; a matrix needs at least one');
  if (combinations.length > MOST_COMBINATIONS) {
    throw new Error(
      `strategy.matrix has ${combinations.length} combinations; GitHub takes ${MOST_COMBINATIONS}`,
    );
  }
  return {
    combinations,
    failFast: failFast !== false,
    maxParallel: typeof maxParallel === 'number' && maxParallel > 0 ? maxParallel : Number.POSITIVE_INFINITY,
  };
}

/** Every axis by every other, without what `exclude` matches, with what `include` adds. */
export function expandMatrix(matrix: Dictionary): Dictionary[] {
  const { include, exclude, ...axes } = matrix;
  const excluded = list(exclude ?? [], 'strategy.matrix.exclude').map((item) =>
    dictionary(item, 'an item of exclude'),
  );
  let combinations: Dictionary[] = Object.keys(axes).length > 0 ? [{}] : [];
  for (const [axis, values] of Object.entries(axes)) {
    const all = list(values, `strategy.matrix.${axis}`);
    combinations = combinations.flatMap((combination) =>
      all.map((value) => ({ ...combination, [axis]: value })),
    );
  }
  const base = combinations.filter(
    (combination) => !excluded.some((pattern) => matches(combination, pattern)),
  );
  const result: Dictionary[] = base.map((combination) => ({ ...combination }));
  for (const item of list(include ?? [], 'strategy.matrix.include')) {
    const added = dictionary(item, 'an item of include');
    const fits = base.map((original) =>
      Object.entries(added).every(([key, value]) => !(key in original) || same(original[key], value)),
    );
    base.forEach((_, index) => {
      if (fits[index]) result[index] = { ...result[index], ...added };
    });
    if (!fits.includes(true)) result.push(added);
  }
  return result;
}

/** What GitHub appends to the name of a job of a matrix: `(linux, 24)`. */
export function combinationName(combination: Dictionary): string {
  const values = Object.values(combination).flatMap(leaves);
  return values.length > 0 ? ` (${values.join(', ')})` : '';
}

function leaves(value: Value | undefined): string[] {
  if (value === undefined || value === null) return [];
  return typeof value === 'object' ? Object.values(value).flatMap(leaves) : [String(value)];
}

function matches(combination: Dictionary, pattern: Dictionary): boolean {
  return Object.entries(pattern).every(([key, value]) => same(combination[key], value));
}

function same(left: Value | undefined, right: Value | undefined): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function dictionary(value: Value, what: string): Dictionary {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Dictionary;
  throw new Error(`${what} must be a mapping, not ${JSON.stringify(value)}`);
}

function list(value: Value | undefined, what: string): readonly Value[] {
  if (Array.isArray(value)) return value as readonly Value[];
  throw new Error(`${what} must be a list, not ${JSON.stringify(value)}`);
}
