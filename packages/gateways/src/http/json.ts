import { OutsideError, type OutsideFailure } from '@promo-actions/core/errors';
import type { Fetch } from './retry.ts';

export interface JsonRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Anything but undefined is sent as JSON. */
  readonly body?: unknown;
  /** Default: `application/json`. */
  readonly contentType?: string;
  readonly signal?: AbortSignal | undefined;
  /** What could not be done when nobody answers; without it the failure names the address alone. */
  readonly what?: string;
}

/** The answer, whatever its status. @throws OutsideError when there is none */
export async function sendJson(fetch: Fetch, request: JsonRequest): Promise<Response> {
  const { method, url, headers, body, contentType = 'application/json', signal, what } = request;
  const sent = body === undefined ? undefined : JSON.stringify(body);
  try {
    return await fetch(url, {
      method,
      headers: {
        'user-agent': 'promo-actions',
        ...headers,
        ...(sent === undefined ? {} : { 'content-type': contentType }),
      },
      ...(sent === undefined ? {} : { body: sent }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    throw what && error instanceof OutsideError ? error.asReasonOf(what) : error;
  }
}

/** The JSON that `host` answered, undefined where it answered nothing. @throws OutsideError for anything else */
export function readJson(
  text: string,
  host: string,
  failure: Pick<OutsideFailure, 'what' | 'remedy' | 'operation'>,
): unknown {
  if (text === '') return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new OutsideError({ ...failure, why: `${host} answered something other than JSON`, cause });
  }
}
