import { setFlagsFromString } from 'node:v8';
import { Unreadable } from '@promo-actions/core/reports';
import type { ParseResult } from 'libpg-query';
import createEngine, { type Engine } from 'libpg-query/wasm/libpg-query.js';

export type Parse = (sql: string) => Promise<ParseResult>;

/**
 * PostgreSQL's own parser, by libpg_query. What is nested so deep that its stack does not suffice may leave it in any
 * state, so it is thrown away after everything but an answer.
 */
export function createParser(): Parse {
  // Node would not end before V8 had optimized what ran most: seconds, for a parser that needs milliseconds.
  setFlagsFromString('--wasm-tiering-budget=2000000000');
  let engine: Engine | undefined;
  return async (sql) => {
    const own = engine ?? (await createEngine());
    engine = undefined;
    const answer = attempt(own, sql);
    if (answer === undefined)
      throw new Unreadable('is nested too deep, or too large, for the parser of PostgreSQL.');
    engine = own;
    if (answer.error !== undefined) throw new Unreadable(`is no SQL of PostgreSQL: ${answer.error}.`);
    return readTree(answer.tree);
  };
}

type Answer =
  | { readonly error: string; readonly tree?: never }
  | { readonly tree: string; readonly error?: never };

/** Undefined when the parser itself fell over. */
function attempt(engine: Engine, sql: string): Answer | undefined {
  try {
    return parse(engine, sql);
  } catch {
    return undefined;
  }
}

/** Offsets within libpg_query's PgQueryParseResult and PgQueryError. */
const place = { tree: 0, error: 8, message: 0, position: 16 } as const;

function parse(engine: Engine, sql: string): Answer {
  const bytes = engine.lengthBytesUTF8(sql) + 1;
  const query = engine._malloc(bytes);
  engine.stringToUTF8(sql, query, bytes);
  const result = engine._wasm_parse_query_raw(query);
  const error = engine.getValue(result + place.error, 'i32');
  const answer = error
    ? { error: described(engine, error, sql) }
    : { tree: engine.UTF8ToString(engine.getValue(result + place.tree, 'i32')) };
  engine._wasm_free_parse_result(result);
  engine._free(query);
  return answer;
}

function described(engine: Engine, error: number, sql: string): string {
  const message = engine.UTF8ToString(engine.getValue(error + place.message, 'i32'));
  const position = engine.getValue(error + place.position, 'i32');
  if (position <= 0) return message;
  const before = [...sql].slice(0, position - 1).join('');
  return `${message} in line ${before.split('\n').length}`;
}

function readTree(tree: string): ParseResult {
  try {
    return JSON.parse(tree) as ParseResult;
  } catch {
    throw new Unreadable('is nested too deep, or too large, for the parser of PostgreSQL.');
  }
}
