import { describe, expect, test } from '@jest/globals';
import type { Clock } from '@promo-actions/core/clock';
import { OutsideError } from '@promo-actions/core/errors';
import fc from 'fast-check';
import { type Fetch, type RetryOptions, retryingFetch } from './retry.ts';
import { backoff } from './verdict.ts';

const start = Date.UTC(2026, 2, 3, 20, 5);

/** A clock whose waits end when nothing else is left to do, as they do in a rehearsal. */
function fakeClock(): Clock & { readonly waits: number[] } {
  let now = start;
  const waits: number[] = [];
  return {
    waits,
    now: () => now,
    sleep: (milliseconds, signal) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(
          () => {
            now += milliseconds;
            waits.push(milliseconds);
            resolve();
          },
          Math.min(30, milliseconds / 100),
        );
        signal?.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(signal.reason);
        });
      }),
  };
}

type Step = Response | Error | 'hang';
const dropped = (code: string) =>
  new TypeError('fetch failed', { cause: Object.assign(new Error(`read ${code}`), { code }) });

/** Answers from the list, one each call; the last one for ever. */
function service(...steps: readonly Step[]) {
  const calls: { method: string; body: string }[] = [];
  const fetch: Fetch = async (input, init) => {
    const body = init?.body ? new TextDecoder().decode(init.body as ArrayBuffer) : '';
    calls.push({ method: init?.method ?? 'GET', body });
    const step = steps[Math.min(calls.length, steps.length) - 1];
    if (step === 'hang' || step === undefined) {
      return new Promise((_, reject) =>
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)),
      );
    }
    if (step instanceof Error) throw step;
    expect(String(input)).toBe('https://service.test/things?secret=1');
    return step.clone();
  };
  return { fetch, calls };
}

async function ask(steps: readonly Step[], init: RequestInit = {}, options: RetryOptions = {}) {
  const clock = fakeClock();
  const { fetch, calls } = service(...steps);
  const retrying = retryingFetch(fetch, clock, { random: () => 1, ...options });
  const outcome = await retrying('https://service.test/things?secret=1', init).then(
    (response) => ({ response, error: undefined }),
    (error: unknown) => ({ response: undefined, error }),
  );
  return {
    ...outcome,
    calls,
    waits: clock.waits,
    message: outcome.error instanceof OutsideError ? outcome.error.message : '',
  };
}

const ok = new Response('done', { status: 200 });
const status = (code: number, headers: Record<string, string> = {}, body = '') =>
  new Response(body, { status: code, headers });

describe('answers', () => {
  test.each([200, 201, 304, 400, 401, 403, 404, 409, 422, 501])(
    "%d is the caller's at once",
    async (code) => {
      const { response, calls } = await ask([new Response(code === 304 ? null : 'x', { status: code })]);
      expect(response?.status).toBe(code);
      expect(calls).toHaveLength(1);
    },
  );

  test.each([429, 500, 502, 503, 504])('%d is asked again, twice as long each time', async (code) => {
    const { response, waits } = await ask([status(code), status(code), ok]);
    expect(await response?.text()).toBe('done');
    expect(waits).toEqual([500, 1_000]);
  });

  test.each([500, 502, 504])(
    '%d to a POST is told at once, because it may have taken effect',
    async (code) => {
      const { calls, message } = await ask([status(code)], { method: 'POST', body: '{}' });
      expect(calls).toHaveLength(1);
      expect(message).toContain('whether it took effect is not known');
    },
  );

  test.each([429, 503])('%d to a POST is sent again with its body', async (code) => {
    const { calls } = await ask([status(code), ok], { method: 'POST', body: '{"a":1}' });
    expect(calls).toEqual([
      { method: 'POST', body: '{"a":1}' },
      { method: 'POST', body: '{"a":1}' },
    ]);
  });
});

describe('waits', () => {
  test.each([
    ['seconds', 429, { 'retry-after': '7' }, 7_000],
    ['a date', 503, { 'retry-after': 'Tue, 03 Mar 2026 20:05:30 GMT' }, 30_000],
    ['a date gone by', 503, { 'retry-after': 'Tue, 03 Mar 2026 20:00:00 GMT' }, 0],
    ['what nobody can read', 503, { 'retry-after': 'soon' }, 500],
    [
      "GitHub's reset",
      403,
      { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(start / 1_000 + 60) },
      60_000,
    ],
    [
      'a reset while the quota lasts',
      503,
      { 'x-ratelimit-remaining': '9', 'x-ratelimit-reset': '9999999999' },
      500,
    ],
  ])('as long as the service asks: %s', async (_, code, headers, wait) => {
    const { waits, response } = await ask([status(code, headers), ok]);
    expect(response?.status).toBe(200);
    expect(waits).toEqual([wait]);
  });

  test('a secondary rate limit is known by its words', async () => {
    const limited = status(403, {}, '{"message":"You have exceeded a secondary rate limit."}');
    expect((await ask([limited, ok])).response?.status).toBe(200);
  });

  test('gives up at once on a wait that is too long, saying how long it is', async () => {
    const { calls, message } = await ask([
      status(429, { 'retry-after': '3600', 'x-github-request-id': 'AB:12' }),
    ]);
    expect(calls).toHaveLength(1);
    expect(message).toContain('The service asks to wait 1h: run again then.');
    expect(message).toContain('HTTP 429, request ID AB:12');
  });

  test('grow, and stay between half and the whole of the delay', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (attempt, chance) => {
          const delay = Math.min(500 * 2 ** (attempt - 1), 20_000);
          const wait = backoff(attempt, { firstDelay: 500, longestWait: 0, random: () => chance });
          expect(wait).toBeGreaterThanOrEqual(delay / 2);
          expect(wait).toBeLessThanOrEqual(delay);
        },
      ),
    );
  });
});

describe('connections', () => {
  test('dropped: asked again when that is safe, told when it is not', async () => {
    expect((await ask([dropped('ECONNRESET'), ok])).response?.status).toBe(200);
    const post = await ask([dropped('ECONNRESET'), ok], { method: 'POST', body: 'x' });
    expect(post.calls).toHaveLength(1);
    expect(post.message).toContain('read ECONNRESET; whether it took effect is not known');
    expect(post.message).toContain('Run the step again');
  });

  test('refused: nothing was asked, so a POST is sent again too', async () => {
    expect((await ask([dropped('ECONNREFUSED'), ok], { method: 'POST', body: 'x' })).response?.status).toBe(
      200,
    );
  });

  test('silent: an attempt ends after its time', async () => {
    const { response, calls } = await ask(['hang', ok], {}, { timeout: 100 });
    expect(response?.status).toBe(200);
    expect(calls).toHaveLength(2);
    expect((await ask(['hang'], {}, { timeout: 100, attempts: 2 })).message).toContain(
      'no answer within 100ms',
    );
  });

  test('an answer that breaks off in the middle counts as dropped', async () => {
    const broken = () =>
      new Response(new ReadableStream({ start: (stream) => stream.error(dropped('ECONNRESET')) }), {
        status: 200,
      });
    const clock = fakeClock();
    let calls = 0;
    const retrying = retryingFetch(async () => (++calls === 1 ? broken() : ok.clone()), clock);
    expect(await (await retrying('https://service.test/')).text()).toBe('done');
  });

  test('gives up after its attempts, naming place and code but no query', async () => {
    const { calls, message } = await ask([status(503, { 'x-request-id': 'r-1' })]);
    expect(calls).toHaveLength(5);
    expect(message).toContain('GET https://service.test/things was not answered after 5 attempts');
    expect(message).toContain('request ID r-1');
    expect(message).not.toContain('secret');
  });

  test('a cancelled run ends the wait with its reason', async () => {
    const cancel = new AbortController();
    const asking = ask([status(503, { 'retry-after': '100' })], { signal: cancel.signal });
    setTimeout(() => cancel.abort(new Error('the run was cancelled')), 2);
    expect((await asking).error).toEqual(new Error('the run was cancelled'));
  });
});
