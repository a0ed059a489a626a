import * as v from 'valibot';
import { shaped, Unreadable } from '../reports/index.ts';
import { ratio, sum } from './covered.ts';
import type { CoverageFacts, Ratio } from './facts.ts';

const count = v.pipe(v.number(), v.minValue(0));
const measure = v.looseObject({ total: count, covered: count });
const summarySchema = v.record(
  v.string(),
  v.looseObject({ lines: measure, functions: measure, branches: measure }),
);

const hits = v.record(v.string(), v.number());
const finalSchema = v.record(
  v.string(),
  v.looseObject({
    path: v.string(),
    statementMap: v.record(v.string(), v.looseObject({ start: v.looseObject({ line: v.number() }) })),
    s: hits,
    f: hits,
    b: v.record(v.string(), v.array(v.number())),
  }),
);

/** Istanbul's `coverage-summary.json`: a total and every file, each already counted. */
export function isSummary(value: Readonly<Record<string, unknown>>): boolean {
  return (
    'total' in value && typeof value.total === 'object' && value.total !== null && 'lines' in value.total
  );
}

export function readSummary(value: unknown): CoverageFacts {
  const { total, ...files } = shaped(summarySchema, value, "Istanbul's coverage-summary.json");
  if (!total) throw new Unreadable('has no `total`.');
  const { lines, branches, functions } = total;
  for (const part of [lines, branches, functions])
    if (part.covered > part.total) throw new Unreadable('counts more as covered than there is.');
  return {
    kind: 'coverage',
    format: 'Istanbul',
    files: new Map(Object.entries(files).map(([file, told]) => [file, told.lines])),
    measures: { lines, branches, functions },
  };
}

/** Istanbul's `coverage-final.json` (also nyc's, c8's and vitest's): the counters of every file. */
export function isFinal(value: Readonly<Record<string, unknown>>): boolean {
  const files = Object.values(value);
  return (
    files.length > 0 &&
    files.every((file) => typeof file === 'object' && file !== null && 'statementMap' in file)
  );
}

/** Lines are counted as Istanbul counts them: a line is covered as often as the most frequent statement that begins on it. */
export function readFinal(value: unknown): CoverageFacts {
  const told = Object.values(shaped(finalSchema, value, "Istanbul's coverage-final.json"));
  const files = new Map(told.map((file) => [file.path, linesOf(file.statementMap, file.s)]));
  return {
    kind: 'coverage',
    format: 'Istanbul',
    files,
    measures: {
      lines: sum(files.values()),
      branches: sum(told.map((file) => ratio(Object.values(file.b).flat(), isHit))),
      functions: sum(told.map((file) => ratio(Object.values(file.f), isHit))),
    },
  };
}

function linesOf(
  statements: Readonly<Record<string, { readonly start: { readonly line: number } }>>,
  counters: Readonly<Record<string, number>>,
): Ratio {
  const lines = new Map<number, number>();
  for (const [id, { start }] of Object.entries(statements))
    lines.set(start.line, Math.max(lines.get(start.line) ?? 0, counters[id] ?? 0));
  return ratio(lines.values(), isHit);
}

const isHit = (times: number) => times > 0;
