import type { Answer, Exchange } from './service.ts';

/** A JSON value that came over the wire: an object whose members are not yet known. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A request that is wrong in itself. Services throw it; they frame it with their own protocol's failure. */
export class WireError extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = 'WireError';
    this.status = status;
    this.code = code;
  }
}

/** The operation of AWS JSON 1.0 and 1.1: `x-amz-target: {prefix}.{Operation}`. */
export function targetOperation(exchange: Exchange, prefix: string): string | undefined {
  const target = exchange.headers['x-amz-target'];
  return target?.startsWith(`${prefix}.`) ? target.slice(prefix.length + 1) : undefined;
}

/** The body as a JSON object; empty counts as `{}`. Throws SerializationException for anything else. */
export function jsonBody(exchange: Exchange): JsonObject {
  if (exchange.body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(exchange.body.toString('utf8'));
  } catch (error) {
    throw new WireError(
      400,
      'SerializationException',
      `The request's body is not JSON: ${(error as Error).message}`,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new WireError(400, 'SerializationException', "The request's body is not a JSON object.");
  }
  return value as JsonObject;
}

/** Whether the caller spoke AWS JSON 1.0 or 1.1; the answer uses the same. REST-JSON services answer plain JSON. */
function jsonContentType(exchange: Exchange): string {
  const asked = exchange.headers['content-type'] ?? '';
  return asked.startsWith('application/x-amz-json') ? asked : 'application/json';
}

export function jsonAnswer(exchange: Exchange, value: unknown, status = 200): Answer {
  return { status, headers: { 'content-type': jsonContentType(exchange) }, body: JSON.stringify(value) };
}

/** An error in AWS JSON's words, understood by JSON 1.0, JSON 1.1 and REST-JSON clients alike. */
export function jsonFailure(
  exchange: Exchange,
  status: number,
  code: string,
  message: string,
  members: JsonObject = {},
): Answer {
  return {
    status,
    headers: { 'content-type': jsonContentType(exchange), 'x-amzn-errortype': code },
    body: JSON.stringify({ __type: code, ...members, message }),
  };
}
