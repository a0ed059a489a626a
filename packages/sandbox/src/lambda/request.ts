import * as v from 'valibot';
import { type Exchange, type JsonObject, jsonBody } from '../kernel/index.ts';
import type { LambdaState } from './model.ts';
import { constraintError, parseReference, type Reference } from './names.ts';

/** One call as Lambda's operations read it. */
export interface LambdaRequest {
  readonly state: LambdaState;
  readonly exchange: Exchange;
  readonly now: number;
  /** The function of the path, already unescaped; empty for operations without one. */
  readonly functionName: string;
  /** The alias of the path, where there is one. */
  readonly aliasName: string;
  /** A fresh RevisionId or other ID. */
  uuid(): string;
}

/** The function that the call is about, with the qualifier of its name or query. */
export function referenceOf(request: LambdaRequest): Reference {
  const { exchange, functionName } = request;
  return parseReference(functionName, exchange, exchange.url.searchParams.get('Qualifier') ?? undefined);
}

/** Reads the body's members; Lambda's own word for one of the wrong form. Members unknown to the schema are let be. */
export function bodyOf<S extends v.GenericSchema>(request: LambdaRequest, schema: S): v.InferOutput<S> {
  return checked(schema, jsonBody(request.exchange));
}

function checked<S extends v.GenericSchema>(schema: S, body: JsonObject): v.InferOutput<S> {
  const result = v.safeParse(schema, body);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? 'body';
  const member = path.charAt(0).toLowerCase() + path.slice(1);
  const value =
    issue.input === undefined
      ? 'null'
      : typeof issue.input === 'object'
        ? JSON.stringify(issue.input)
        : String(issue.input);
  throw constraintError(value, member, issue.input === undefined ? 'Member must not be null' : issue.message);
}

/** A page of a list, `MaxItems` (at most 50, by default 50) from `Marker` on. */
export function page<T>(
  request: LambdaRequest,
  items: readonly T[],
): { readonly items: readonly T[]; readonly next?: string } {
  const { searchParams } = request.exchange.url;
  const asked = Number(searchParams.get('MaxItems') ?? '50');
  if (!(Number.isInteger(asked) && asked >= 1 && asked <= 10_000)) {
    throw constraintError(
      String(searchParams.get('MaxItems')),
      'maxItems',
      'Member must have value between 1 and 10000',
    );
  }
  const marker = searchParams.get('Marker');
  const from = marker === null ? 0 : Number(Buffer.from(marker, 'base64url').toString('utf8'));
  if (!Number.isInteger(from))
    throw constraintError(String(marker), 'marker', 'Member must be a marker of this list');
  const to = from + Math.min(asked, 50);
  const next = to < items.length ? { next: Buffer.from(String(to)).toString('base64url') } : {};
  return { items: items.slice(from, to), ...next };
}
