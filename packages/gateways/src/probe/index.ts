import type { HttpProbe } from '@promo-actions/core/health';

const timeoutMilliseconds = 10_000;
/** What of a body is read; a health answer is short. */
const bodyLimit = 64 * 1024;

/** Asks an address once by GET, follows redirects, waits ten seconds at most. */
export function httpProbe(): HttpProbe {
  return {
    async get(url) {
      try {
        const response = await fetch(url, {
          headers: { 'user-agent': 'promo-actions', 'cache-control': 'no-cache' },
          signal: AbortSignal.timeout(timeoutMilliseconds),
        });
        return { kind: 'answer', status: response.status, body: (await response.text()).slice(0, bodyLimit) };
      } catch (error) {
        return { kind: 'none', why: reason(error) };
      }
    },
  };
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `none within ${timeoutMilliseconds / 1_000}s`;
  return error.cause instanceof Error && error.cause.message ? error.cause.message : error.message;
}
