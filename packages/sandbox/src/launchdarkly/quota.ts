import type { LaunchDarklyDefinition } from './definition.ts';

/** Milliseconds. */
const windowLength = 10_000;

export interface Count {
  readonly exceeded: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** Counts calls in windows of ten seconds, of the account and of each route, as LaunchDarkly tells them. */
export function createQuota(limits: LaunchDarklyDefinition['limits']): (route: string, now: number) => Count {
  let window = Number.NaN;
  let calls = new Map<string, number>();
  return (route, now) => {
    if (!limits) return { exceeded: false, headers: {} };
    const current = Math.floor(now / windowLength);
    if (current !== window) {
      window = current;
      calls = new Map();
    }
    const left = (name: string, limit: number) => {
      const count = (calls.get(name) ?? 0) + 1;
      calls.set(name, count);
      return limit - count;
    };
    const remaining = {
      ...(limits.account === undefined ? {} : { global: left('', limits.account) }),
      ...(limits.route === undefined ? {} : { route: left(route, limits.route) }),
    };
    const headers = Object.entries(remaining).map(([scope, rest]) => [
      `x-ratelimit-${scope}-remaining`,
      String(Math.max(0, rest)),
    ]);
    return {
      exceeded: Object.values(remaining).some((rest) => rest < 0),
      headers: {
        ...Object.fromEntries(headers),
        'x-ratelimit-reset': String((current + 1) * windowLength),
      },
    };
  };
}
