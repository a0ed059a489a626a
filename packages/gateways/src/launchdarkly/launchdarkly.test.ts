import { describe, expect, test } from '@jest/globals';
import { OutsideError } from '@promo-actions/core/errors';
import type { Fetch } from '../http/index.ts';
import { createFlagSystem, createLaunchDarkly } from './index.ts';
import { instructionsFor, toFlag } from './settings.ts';

interface Given {
  readonly status?: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}
type Asked = {
  readonly at: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Headers;
  readonly body: unknown;
};

/** LaunchDarkly as far as one answers for it, on a clock whose waits are short and keep their order. */
function answering(answer: (asked: Asked, nth: number) => Given) {
  const asked: Asked[] = [];
  let now = 1_000_000;
  const clock = {
    now: () => now,
    sleep: (milliseconds: number, signal?: AbortSignal) =>
      new Promise<void>((resolve, reject) => {
        const end = now + milliseconds;
        const timer = setTimeout(() => {
          now = Math.max(now, end);
          resolve();
        }, milliseconds / 200);
        signal?.addEventListener('abort', () => {
          clearTimeout(timer);
          reject(signal.reason);
        });
      }),
  };
  const fetch: Fetch = async (input, init) => {
    const url = new URL(String(input));
    const body = init?.body
      ? (JSON.parse(Buffer.from(init.body as ArrayBuffer).toString()) as unknown)
      : undefined;
    const it = {
      at: now,
      method: init?.method ?? 'GET',
      path: `${url.pathname}${url.search}`,
      headers: new Headers(init?.headers),
      body,
    };
    asked.push(it);
    const { status = 200, body: content = {}, headers = {} } = answer(it, asked.length);
    return new Response(typeof content === 'string' ? content : JSON.stringify(content), { status, headers });
  };
  const launchDarkly = createLaunchDarkly({ baseUrl: 'https://ld.test/', token: 't-1', clock, fetch });
  return { flags: createFlagSystem(launchDarkly, 'shop'), asked };
}

const answer = {
  key: 'checkout',
  tags: ['a'],
  archived: false,
  variations: [
    { _id: 'v-yes', value: true, name: 'Yes' },
    { _id: 'v-no', value: { deep: [1] } },
  ],
  environments: {
    prod: {
      on: true,
      version: 7,
      rules: [
        {
          _id: 'r-1',
          clauses: [{ _id: 'c-1', attribute: 'plan', op: 'in', values: ['x'], negate: false }],
          rollout: {
            variations: [
              { variation: 0, weight: 1, _untracked: true },
              { variation: 1, weight: 99_999 },
            ],
            bucketBy: 'org',
            seed: 3,
          },
          trackEvents: true,
          description: 'some',
        },
      ],
      fallthrough: { variation: 1 },
      targets: [
        { variation: 1, values: ['b', 'a'] },
        { variation: 0, values: [] },
      ],
      contextTargets: [
        { contextKind: 'user', variation: 1, values: [] },
        { contextKind: 'device', variation: 0, values: ['d'] },
      ],
      prerequisites: [
        { key: 'z', variation: 0 },
        { key: 'basket', variation: 1 },
      ],
      _site: { href: '/shop/prod/features/checkout' },
    },
  },
};

test('settings have one form, without IDs, empty places and the order of sets', () => {
  const flag = toFlag(answer, 'https://ld.test');
  expect(flag).toMatchObject({ key: 'checkout', variations: ['Yes', '{"deep":[1]}'] });
  expect(flag.environments.prod).toEqual({
    version: 7,
    url: 'https://ld.test/shop/prod/features/checkout',
    settings: {
      on: true,
      'off-variation': null,
      fallthrough: { variation: 1 },
      rules: [
        {
          clauses: [{ contextKind: 'user', attribute: 'plan', op: 'in', negate: false, values: ['x'] }],
          description: 'some',
          trackEvents: true,
          disabled: false,
          rollout: {
            weights: [
              { variation: 0, weight: 1 },
              { variation: 1, weight: 99_999 },
            ],
            contextKind: 'user',
            bucketBy: 'org',
          },
        },
      ],
      targets: [
        { contextKind: 'device', variation: 0, values: ['d'] },
        { contextKind: 'user', variation: 1, values: ['a', 'b'] },
      ],
      prerequisites: [
        { flag: 'basket', variation: 1 },
        { flag: 'z', variation: 0 },
      ],
    },
  });
});

test('a patch names variations by ID, those of prerequisites by the other flag’s', () => {
  const { settings } = toFlag(answer, '').environments.prod ?? {};
  if (!settings) throw new Error('no settings');
  const idsOf = (flag: string) => [`${flag}-0`, `${flag}-1`];
  expect(
    instructionsFor(settings, ['on', 'fallthrough', 'prerequisites', 'rules'], ['v-yes', 'v-no'], idsOf),
  ).toEqual([
    { kind: 'turnFlagOn' },
    { kind: 'updateFallthroughVariationOrRollout', variationId: 'v-no' },
    {
      kind: 'replacePrerequisites',
      prerequisites: [
        { key: 'basket', variationId: 'basket-1' },
        { key: 'z', variationId: 'z-0' },
      ],
    },
    {
      kind: 'replaceRules',
      rules: [
        {
          clauses: [{ contextKind: 'user', attribute: 'plan', op: 'in', negate: false, values: ['x'] }],
          description: 'some',
          trackEvents: true,
          rolloutWeights: { 'v-yes': 1, 'v-no': 99_999 },
          rolloutContextKind: 'user',
          rolloutBucketBy: 'org',
        },
      ],
    },
  ]);
});

describe('requests', () => {
  test('carry the bare token and the version of the API; a patch says that it is semantic', async () => {
    const { flags, asked } = answering(() => ({ body: answer }));
    const flag = await flags.flag('checkout', ['sit', 'prod']);
    const settings = flag?.environments.prod?.settings;
    if (!flag || !settings) throw new Error('no flag');
    await flags.patch({ flag, target: 'prod', parts: ['on'], wanted: settings, comment: 'c' });
    expect(asked.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'GET /api/v2/flags/shop/checkout?env=sit&env=prod',
      'PATCH /api/v2/flags/shop/checkout',
    ]);
    const [, patch] = asked;
    expect(Object.fromEntries(patch?.headers ?? [])).toMatchObject({
      authorization: 't-1',
      'ld-api-version': '20240415',
      'content-type': 'application/json; domain-model=launchdarkly.semanticpatch',
    });
    expect(patch?.body).toEqual({
      environmentKey: 'prod',
      comment: 'c',
      instructions: [{ kind: 'turnFlagOn' }],
    });
  });

  test('follow the pages of a tag, and leave out what is archived', async () => {
    const { flags, asked } = answering((_, nth) => ({
      body: {
        items: [{ key: `f${nth}` }, { key: 'old', archived: true }],
        _links: nth === 1 ? { next: { href: '/x' } } : {},
      },
    }));
    expect(await flags.tagged('a b')).toEqual(['f1', 'f2']);
    expect(asked.map(({ path }) => new URLSearchParams(path.split('?')[1]).get('offset'))).toEqual([
      '0',
      '100',
    ]);
  });

  test.each([
    [{ required: true }, 'all'],
    [{ required: false }, 'none'],
    [{ required: false, requiredApprovalTags: ['risky'] }, { tags: ['risky'] }],
  ])('%j of an environment means approvals for %j', async (settings, approvals) => {
    const old = answering(() => ({ body: { key: 'prod', approvalSettings: settings } }));
    expect(await old.flags.environment('prod')).toEqual({ key: 'prod', approvals });
    const byKind = answering(() => ({ body: { key: 'prod', resourceApprovalSettings: { flag: settings } } }));
    expect(await byKind.flags.environment('prod')).toEqual({ key: 'prod', approvals });
  });

  test('link a request to the service that approves it', async () => {
    const request = { _id: '1', reviewStatus: 'pending', status: 'pending', description: 'd' };
    const flag = toFlag(answer, 'https://ld.test');
    const urls = [{}, { integrationMetadata: { externalUrl: 'https://snow.test/1' } }].map(async (more) => {
      const { flags } = answering(() => ({ body: { items: [{ ...request, ...more }] } }));
      return (await flags.requests(flag, 'prod'))[0]?.url;
    });
    expect(await Promise.all(urls)).toEqual([
      'https://ld.test/shop/prod/features/checkout',
      'https://snow.test/1',
    ]);
  });
});

describe('limits', () => {
  test('an empty window is waited out before the next call, of the route or of all', async () => {
    const reset = (scope: string) => ({
      [`x-ratelimit-${scope}-remaining`]: '0',
      'x-ratelimit-reset': '1007000',
    });
    const route = answering(() => ({ body: answer, headers: reset('route') }));
    await route.flags.flag('checkout', ['prod']);
    await route.flags.hasSegment('prod', 's');
    await route.flags.flag('basket', ['prod']);
    expect(route.asked.map(({ at }) => at)).toEqual([1_000_000, 1_000_000, 1_007_000]);
    const account = answering(() => ({ body: answer, headers: reset('global') }));
    await account.flags.flag('checkout', ['prod']);
    await account.flags.hasSegment('prod', 's');
    expect(account.asked.map(({ at }) => at)).toEqual([1_000_000, 1_007_000]);
  });

  test('a 429 is asked again after its reset, which is in milliseconds, or Retry-After', async () => {
    for (const headers of [
      { 'x-ratelimit-reset': '1004000' },
      { 'retry-after': '4', 'x-ratelimit-reset': '1009000' },
    ]) {
      const { flags, asked } = answering((_, nth) =>
        nth === 1 ? { status: 429, headers } : { body: answer },
      );
      await flags.flag('checkout', ['prod']);
      expect(asked.map(({ at }) => at)).toEqual([1_000_000, 1_004_000]);
    }
  });

  test('a reset that is no window of theirs holds nobody up', async () => {
    const headers = { 'x-ratelimit-global-remaining': '0', 'x-ratelimit-reset': '9999999999999' };
    const { flags, asked } = answering(() => ({ body: answer, headers }));
    await flags.flag('checkout', ['prod']);
    await flags.flag('checkout', ['prod']);
    expect(asked.map(({ at }) => at)).toEqual([1_000_000, 1_000_000]);
  });
});

describe('refusals become advice', () => {
  const refusal = async (given: Given): Promise<string> => {
    const { flags } = answering(() => given);
    const error = await flags.tagged('a').catch((it: unknown) => it);
    return error instanceof OutsideError ? error.message : String(error);
  };
  test.each<[Given, string]>([
    [{ status: 401, body: { code: 'unauthorized', message: 'Invalid' } }, 'not an SDK key'],
    [{ status: 403, body: { code: 'forbidden', message: 'No', id: 'r-9' } }, 'request ID r-9'],
    [{ status: 404, body: { code: 'not_found', message: 'Unknown' } }, 'there is no project `shop`'],
    [{ status: 404, body: '<html>' }, 'Check `base-url`'],
    [{ body: '<html>' }, 'https://ld.test answered something other than JSON'],
    [{ status: 418, body: { code: 'teapot', message: 'two\nlines' } }, 'LaunchDarkly says: two lines.'],
  ])('%j', async (given, expected) => {
    expect(await refusal(given)).toContain(expected);
  });
});
