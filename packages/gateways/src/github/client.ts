import { request } from '@octokit/request';
import type { Clock } from '@promo-actions/core/clock';
import { type Fetch, retryingFetch } from '../http/index.ts';

export interface GitHubOptions {
  readonly token: string;
  readonly clock: Clock;
  /** Default: `GITHUB_API_URL`, as the runner sets it, else github.com's. */
  readonly apiUrl?: string;
  /** Ends a wait or request under way when the run is cancelled. */
  readonly signal?: AbortSignal;
  /** Told before each repetition, for the step's log. */
  readonly onRetry?: (message: string) => void;
  readonly fetch?: Fetch;
}

/** GitHub's REST API with typed routes: `github('GET /repos/{owner}/{repo}/tags', { … })`. Call it through `asking`. */
export type GitHub = typeof request;

export function createGitHub(options: GitHubOptions): GitHub {
  const { token, clock, signal, onRetry } = options;
  const apiUrl = options.apiUrl ?? (process.env.GITHUB_API_URL || 'https://api.github.com');
  const retry = onRetry ? { onRetry } : {};
  return request.defaults({
    baseUrl: apiUrl.replace(/\/+$/, ''),
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/vnd.github+json',
      'user-agent': 'promo-actions',
      'x-github-api-version': '2022-11-28',
    },
    request: {
      fetch: retryingFetch(options.fetch ?? globalThis.fetch, clock, retry),
      ...(signal ? { signal } : {}),
    },
  });
}

/** Every item of a paged list, 100 a request. `page` asks for one page and tells its items and Link header. */
export async function everyPage<T>(
  page: (
    number: number,
  ) => Promise<{ readonly data: readonly T[]; readonly headers: { readonly link?: string } }>,
): Promise<readonly T[]> {
  const items: T[] = [];
  for (let number = 1; ; number += 1) {
    const { data, headers } = await page(number);
    items.push(...data);
    if (!headers.link?.includes('rel="next"')) return items;
  }
}

export function ownerAndName(repository: string): { readonly owner: string; readonly repo: string } {
  const [owner = '', repo = ''] = repository.split('/');
  return { owner, repo };
}
