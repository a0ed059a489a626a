import * as v from 'valibot';
import { oneLine } from '../foreign-text/index.ts';
import { placeOf, shaped, Unreadable } from '../reports/index.ts';
import type { Breakage } from './breakage.ts';

/** What a tool reported. */
export interface ToolFacts {
  readonly tool: string;
  readonly breakages: readonly Breakage[];
}

const squawkSchema = v.array(
  v.looseObject({
    file: v.string(),
    line: v.number(),
    level: v.string(),
    message: v.string(),
    help: v.nullish(v.string()),
    rule_name: v.string(),
  }),
);

export function isSquawk(first: Readonly<Record<string, unknown>>): boolean {
  return 'rule_name' in first;
}

/** squawk counts lines from 0. */
export function readSquawk(value: unknown, path: string): ToolFacts {
  const breakages = shaped(squawkSchema, value, 'a report of squawk').map(
    ({ file, line, level, message, help, rule_name }) => ({
      rule: oneLine(rule_name),
      object: oneLine(file),
      path,
      message: `${placeOf(file, line + 1)}: ${oneLine(message)}`,
      ...(help ? { remedy: oneLine(help) } : {}),
      warning: level.toLowerCase() === 'warning',
    }),
  );
  return { tool: 'squawk', breakages };
}

const errorLevel = 3;
const oasdiffSchema = v.array(
  v.looseObject({
    id: v.string(),
    text: v.optional(v.string(), ''),
    comment: v.optional(v.string()),
    level: v.picklist([0, 1, 2, errorLevel]),
    operation: v.optional(v.string(), ''),
    path: v.optional(v.string(), ''),
    section: v.optional(v.string(), ''),
  }),
);

export function isOasdiff(first: Readonly<Record<string, unknown>>): boolean {
  return 'id' in first && 'level' in first;
}

/** Levels of oasdiff: 3 is an error, 2 a warning; 1 is no breaking change, 0 one that is ignored. */
export function readOasdiff(value: unknown, path: string): ToolFacts {
  const breakages = shaped(oasdiffSchema, value, 'a report of oasdiff')
    .filter(({ level }) => level > 1)
    .map((change) => {
      const object =
        oneLine(`${change.operation} ${change.path}`) || oneLine(change.section) || 'the interface';
      return {
        rule: oneLine(change.id),
        object,
        path,
        message: `${object}: ${oneLine(change.text || change.id)}`,
        ...(change.comment ? { remedy: oneLine(change.comment) } : {}),
        warning: change.level < errorLevel,
      };
    });
  return { tool: 'oasdiff', breakages };
}

const bufSchema = v.looseObject({
  path: v.optional(v.string(), ''),
  start_line: v.optional(v.number()),
  type: v.string(),
  message: v.string(),
});
const exitSchema = v.looseObject({ exit: v.number() });
/** With this exit status buf says that it found something. */
const bufFound = 100;

export function isBuf(first: Readonly<Record<string, unknown>>): boolean {
  return ('type' in first && 'message' in first) || 'exit' in first;
}

/** buf writes an object on each line, and nothing when nothing breaks: its exit status after them proves that it ran. */
export function readBuf(lines: readonly unknown[], path: string): ToolFacts {
  const last = lines.at(-1);
  const exit = v.is(exitSchema, last) ? last.exit : undefined;
  const found = exit === undefined ? lines : lines.slice(0, -1);
  if (exit !== undefined && exit !== (found.length > 0 ? bufFound : 0))
    throw new Unreadable(
      `lists ${found.length} findings of buf, which ended with ${exit}: it did not look at everything.`,
    );
  const breakages = found.map((line) => {
    const { path: file, start_line, type, message } = shaped(bufSchema, line, 'a report of buf');
    const place = placeOf(file, start_line);
    return {
      rule: oneLine(type),
      object: oneLine(file) || 'the interface',
      path,
      message: place ? `${place}: ${oneLine(message)}` : oneLine(message),
    };
  });
  return { tool: 'buf', breakages };
}

const planSchema = v.looseObject({
  statements: v.nullable(
    v.array(
      v.looseObject({
        ddl: v.string(),
        hazards: v.nullish(v.array(v.looseObject({ type: v.string(), message: v.optional(v.string(), '') }))),
      }),
    ),
  ),
  current_schema_hash: v.string(),
});

export function isSchemaPlan(fields: Readonly<Record<string, unknown>>): boolean {
  return 'statements' in fields && 'current_schema_hash' in fields;
}

/** Each hazard of pg-schema-diff counts, also those that only lock or slow. */
export function readSchemaPlan(value: unknown, path: string): ToolFacts {
  const { statements } = shaped(planSchema, value, 'a plan of pg-schema-diff');
  const breakages = (statements ?? []).flatMap(({ ddl, hazards }) =>
    (hazards ?? []).map(({ type, message }) => ({
      rule: oneLine(type),
      object: oneLine(ddl),
      path,
      message: `${oneLine(ddl)}: ${oneLine(message || type)}`,
    })),
  );
  return { tool: 'pg-schema-diff', breakages };
}
