import { type Clock, formatDuration } from '@promo-actions/core/clock';
import { OutsideError } from '@promo-actions/core/errors';
import { backoff, type Pacing, repeatable, requestId, type Trouble, verdictOn } from './verdict.ts';

export type Fetch = typeof globalThis.fetch;

export interface RetryOptions extends Partial<Pacing> {
  /** How often a request is sent in all. */
  readonly attempts?: number;
  /** Milliseconds that one attempt may take, its body included. */
  readonly timeout?: number;
  /** Told before each wait, for the step's log. */
  readonly onRetry?: (message: string) => void;
}

/**
 * A `fetch` that outlasts a service's bad minutes. It sends again: 429 and 503 (nothing was done), a rate limit told
 * with 403, a connection that was refused; and for methods that are safe to repeat also 500, 502, 504, a connection
 * dropped and a timeout. It waits as long as Retry-After or x-ratelimit-reset ask, else twice as long each time with jitter.
 * What is still wrong at the end, or asks for a longer wait than is reasonable, is an `OutsideError`.
 * Any other answer is the caller's, with its body already read.
 */
export function retryingFetch(fetch: Fetch, clock: Clock, options: RetryOptions = {}): Fetch {
  const { attempts = 5, timeout = 30_000, onRetry = () => {} } = options;
  const pacing: Pacing = {
    firstDelay: options.firstDelay ?? 500,
    longestWait: options.longestWait ?? 120_000,
    random: options.random ?? Math.random,
  };
  return async (input, init) => {
    const request = new Request(input, init);
    const body = request.body ? await request.arrayBuffer() : undefined;
    const place = `${request.method} ${request.url.split('?')[0]}`;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await once(fetch, clock, request, body, timeout);
      request.signal.throwIfAborted();
      const verdict = outcome.response
        ? await verdictOn(outcome.response, request.method, clock.now())
        : droppedVerdict(outcome.error, request.method);
      if (verdict === 'final') return answered(outcome);
      const wait = verdict.wait ?? backoff(attempt, pacing);
      if (attempt >= attempts || !verdict.again || wait > pacing.longestWait)
        throw givenUp(place, attempt, verdict, wait, outcome);
      onRetry(
        `${place}: ${verdict.why}; asking again in ${formatDuration(wait)} (${attempt} of ${attempts - 1}).`,
      );
      await clock.sleep(wait, request.signal);
    }
  };
}

type Outcome =
  | { readonly response: Response; readonly error?: undefined }
  | { readonly response?: undefined; readonly error: unknown };

function answered(outcome: Outcome): Response {
  if (outcome.response) return outcome.response;
  throw outcome.error;
}

/** One attempt within its time, with the whole body read so that a connection dropped in the middle counts too. */
async function once(
  fetch: Fetch,
  clock: Clock,
  request: Request,
  body: ArrayBuffer | undefined,
  timeout: number,
): Promise<Outcome> {
  const over = new AbortController();
  const answer = new AbortController();
  const limit = clock.sleep(timeout, over.signal).then(
    () => answer.abort(new Timeout(`no answer within ${formatDuration(timeout)}`)),
    () => {},
  );
  try {
    const signal = AbortSignal.any([request.signal, answer.signal]);
    const { method, headers, redirect } = request;
    const response = await fetch(request.url, {
      method,
      headers,
      redirect,
      signal,
      ...(body ? { body } : {}),
    });
    const { status, statusText } = response;
    const content = [101, 204, 205, 304].includes(status) ? null : await response.arrayBuffer();
    return { response: new Response(content, { status, statusText, headers: response.headers }) };
  } catch (error) {
    return { error: answer.signal.aborted ? answer.signal.reason : error };
  } finally {
    over.abort();
    await limit;
  }
}

class Timeout extends Error {}

/** A refused connection or an unknown host was never asked anything; of any other nobody knows whether it was heard. */
function droppedVerdict(error: unknown, method: string): Trouble {
  const why = networkReason(error);
  const unsent = /ECONNREFUSED|ENOTFOUND|EAI_AGAIN|UND_ERR_CONNECT_TIMEOUT/.test(why);
  return { again: unsent || repeatable(method), why, unsure: !unsent && !repeatable(method) };
}

/** `fetch failed` alone helps nobody: the cause carries the code. */
function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? error.cause : undefined;
  if (!cause) return error.message;
  const code = 'code' in cause && typeof cause.code === 'string' ? cause.code : '';
  return cause.message.includes(code) ? cause.message || code : `${code}: ${cause.message}`;
}

function givenUp(
  place: string,
  attempts: number,
  verdict: Trouble,
  wait: number,
  { response, error }: Outcome,
): OutsideError {
  const id = response && requestId(response.headers);
  const count = attempts === 1 ? '' : ` after ${attempts} attempts`;
  const unsure = verdict.unsure ? '; whether it took effect is not known' : '';
  return new OutsideError({
    what: `${place} was not answered${count}`,
    why: `${verdict.why}${unsure}`,
    remedy: remedyFor(verdict, wait),
    ...(response ? { code: `HTTP ${response.status}` } : {}),
    ...(id ? { requestId: id } : {}),
    ...(verdict.unsure ? { unsure: true } : {}),
    cause: error,
  });
}

function remedyFor({ why, wait, unsure }: Trouble, until: number): string {
  if (wait !== undefined) return `The service asks to wait ${formatDuration(until)}: run again then.`;
  if (unsure) return 'Run the step again: it looks first and repeats nothing that was done.';
  if (/ENOTFOUND|EAI_AGAIN/.test(why)) return 'Check the host name in the address.';
  if (/ECONNREFUSED|CONNECT_TIMEOUT/.test(why))
    return "Check the address, and that the runner's network lets it through.";
  return 'Run again later; if it stays so, look at the status page of the service.';
}
