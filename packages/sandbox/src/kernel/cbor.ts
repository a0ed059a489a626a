import { Encoder } from 'cbor-x';
import { type JsonObject, WireError } from './json.ts';
import type { Answer, Exchange } from './service.ts';

// Plain maps with string keys: what smithy clients read and write; records and shared structures are cbor-x's own.
const codec = new Encoder({ useRecords: false, mapsAsObjects: true, tagUint8Array: false });

const PATH = /^\/service\/([^/]+)\/operation\/([^/]+)$/;

/** The operation of Smithy RPC v2 CBOR for one service: `POST /service/{service}/operation/{Operation}`. */
export function cborOperation(exchange: Exchange, service: string): string | undefined {
  const [, named, operation] = PATH.exec(exchange.url.pathname) ?? [];
  return isCbor(exchange) && named === service ? operation : undefined;
}

export function isCbor(exchange: Exchange): boolean {
  return exchange.headers['smithy-protocol'] === 'rpc-v2-cbor';
}

/** The body as an object. Timestamps (CBOR tag 1) arrive as Date. Throws SerializationException for anything else. */
export function cborBody(exchange: Exchange): JsonObject {
  if (exchange.body.length === 0) return {};
  let value: unknown;
  try {
    value = codec.decode(exchange.body);
  } catch (error) {
    throw new WireError(
      400,
      'SerializationException',
      `The request's body is not CBOR: ${(error as Error).message}`,
    );
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new WireError(400, 'SerializationException', "The request's body is not a CBOR map.");
  }
  return value as JsonObject;
}

/** Dates become CBOR timestamps (tag 1). Members that are undefined are left out. */
export function cborAnswer(
  value: JsonObject,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return {
    status,
    headers: { 'content-type': 'application/cbor', 'smithy-protocol': 'rpc-v2-cbor', ...headers },
    body: codec.encode(withoutUndefined(value)),
  };
}

export function cborFailure(status: number, code: string, message: string): Answer {
  return cborAnswer({ __type: code, message }, status, { 'x-amzn-errortype': code });
}

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (typeof value !== 'object' || value === null || value instanceof Date || value instanceof Uint8Array)
    return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => [name, withoutUndefined(member)]),
  );
}
