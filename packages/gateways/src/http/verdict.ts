export interface Pacing {
  /** Milliseconds before the second attempt, when the service names no wait. */
  readonly firstDelay: number;
  /** Milliseconds; a service that asks for longer is given up on at once. */
  readonly longestWait: number;
  /** From 0 up to 1. */
  readonly random: () => number;
}

/** Why a request has no answer that counts, and whether it may be sent again. */
export interface Trouble {
  readonly again: boolean;
  readonly why: string;
  /** Milliseconds the service asks to wait. */
  readonly wait?: number;
  /** The request may have taken effect though it was not answered. */
  readonly unsure?: boolean;
}

/** `final` is an answer, whatever its status. */
export type Verdict = 'final' | Trouble;

/** Sent twice, these do the same as sent once. */
export function repeatable(method: string): boolean {
  return ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS'].includes(method);
}

/** What to do about an answer. `now` is epoch milliseconds. */
export async function verdictOn(response: Response, method: string, now: number): Promise<Verdict> {
  const { status, headers } = response;
  const wait = requestedWait(headers, now);
  if (status === 429 || (status === 403 && (await isRateLimit(response)))) {
    const reason = headers.get('ratelimit-reason') ?? headers.get('x-ratelimit-resource');
    const why = `too many requests${reason ? ` (limit ${reason})` : ''}, HTTP ${status}`;
    return { again: true, why, ...wait };
  }
  const unavailable = status === 503;
  if (!unavailable && ![500, 502, 504].includes(status)) return 'final';
  const safe = repeatable(method);
  return {
    again: unavailable || safe,
    why: `HTTP ${status}${response.statusText ? ` ${response.statusText}` : ''}`,
    unsure: !unavailable && !safe,
    ...wait,
  };
}

/** GitHub tells its limits with 403 too: the primary one by an empty quota, the secondary one in words. */
async function isRateLimit(response: Response): Promise<boolean> {
  if (response.headers.get('x-ratelimit-remaining') === '0' || response.headers.has('retry-after'))
    return true;
  return /secondary rate limit|abuse detection/i.test(await response.clone().text());
}

/** Retry-After in seconds or as a date; or x-ratelimit-reset in epoch seconds when the quota is empty. */
function requestedWait(headers: Headers, now: number): { readonly wait?: number } {
  const after = headers.get('retry-after');
  if (after !== null) {
    const seconds = /^\d+$/.test(after) ? Number(after) : (Date.parse(after) - now) / 1_000;
    return Number.isNaN(seconds) ? {} : { wait: Math.max(0, Math.ceil(seconds * 1_000)) };
  }
  const reset = headers.get('x-ratelimit-reset');
  if (reset && /^\d+$/.test(reset) && headers.get('x-ratelimit-remaining') === '0')
    return { wait: Math.max(0, Number(reset) * 1_000 - now) };
  return {};
}

/** Twice as long each time, at most 20 seconds, of which the second half is left to chance. */
export function backoff(attempt: number, { firstDelay, random }: Pacing): number {
  const delay = Math.min(firstDelay * 2 ** (attempt - 1), 20_000);
  return Math.round(delay / 2 + (delay / 2) * random());
}

/** The ID by which the service's support finds the request. */
export function requestId(headers: Headers): string | undefined {
  for (const name of [
    'x-github-request-id',
    'x-arequestid',
    'x-request-id',
    'atl-traceid',
    'x-amzn-requestid',
  ]) {
    const id = headers.get(name);
    if (id) return id;
  }
  return undefined;
}
