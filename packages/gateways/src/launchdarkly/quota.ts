import { type Clock, formatDuration } from '@promo-actions/core/clock';
import type { Fetch } from '../http/index.ts';

/**
 * A `fetch` that keeps to LaunchDarkly's limits, which a whole account shares: when an answer says that nothing is left, of
 * all calls or of the route's, the next call waits until the window is over. Its `X-Ratelimit-Reset` is in milliseconds,
 * where others give seconds; a 429 is given on with the same wait as `Retry-After`.
 */
export function createQuota(
  fetch: Fetch,
  clock: Clock,
  tell: (line: string) => void,
  signal?: AbortSignal,
): Fetch {
  let everything = 0;
  const routes = new Map<string, number>();
  return async (input, init) => {
    const route = routeOf(input, init);
    const wait = Math.max(everything, routes.get(route) ?? 0) - clock.now();
    if (wait > 0) {
      tell(`The calls that LaunchDarkly allows for now are used up; going on in ${formatDuration(wait)}.`);
      await clock.sleep(wait, init?.signal ?? signal);
    }
    const response = await fetch(input, init);
    const { headers } = response;
    const reset = resetOf(headers);
    if (reset === undefined || reset > clock.now() + longest) return response;
    if (headers.get('x-ratelimit-global-remaining') === '0') everything = reset;
    if (headers.get('x-ratelimit-route-remaining') === '0') routes.set(route, reset);
    if (response.status !== 429 || headers.has('retry-after')) return response;
    const seconds = Math.max(1, Math.ceil((reset - clock.now()) / 1_000));
    const { status, statusText } = response;
    return new Response(await response.arrayBuffer(), {
      status,
      statusText,
      headers: [...headers, ['retry-after', String(seconds)]],
    });
  };
}

/** Windows are of ten seconds; what lies much further off is not theirs. */
const longest = 25_000;

function resetOf(headers: Headers): number | undefined {
  const reset = headers.get('x-ratelimit-reset');
  return reset && /^\d+$/.test(reset) ? Number(reset) : undefined;
}

/** The verb and the pattern of the address, without the keys in it. */
function routeOf(input: Parameters<Fetch>[0], init: Parameters<Fetch>[1]): string {
  const { pathname } = new URL(input instanceof Request ? input.url : input);
  const words = pathname.split('/').map((word) => (collections.has(word) ? word : '*'));
  return `${init?.method ?? 'GET'} ${words.join('/')}`;
}

const collections = new Set([
  'flags',
  'segments',
  'projects',
  'environments',
  'copy',
  'approval-requests',
  'approval-requests-flag-copy',
  'apply',
]);
