import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox, type World } from '@promo-actions/sandbox';
import { launchDarklyOperations } from '../../packages/sandbox/src/launchdarkly/index.ts';

const world: World = {
  launchdarkly: {
    tokens: [{ token: 'writer' }, { token: 'other', applies: false }, { token: 'reader', role: 'reader' }],
    projects: [
      {
        key: 'shop',
        environments: [{ key: 'sit', segments: ['beta'] }, { key: 'uat' }, { key: 'prod', approvals: {} }],
        flags: [
          {
            key: 'checkout',
            tags: ['v1'],
            environments: {
              sit: {
                on: true,
                fallthrough: { serve: { '0': '10%', '1': '90%' } },
                rules: [{ if: [{ attribute: 'country', values: ['ZA'] }], serve: 0, description: 'at home' }],
                targets: [
                  { serve: 0, keys: ['ann'] },
                  { serve: 1, kind: 'device', keys: ['d1'] },
                ],
                prerequisites: [{ flag: 'basket', serve: 0 }],
              },
            },
          },
          { key: 'basket', tags: ['v1'], variations: ['small', 'big', 'huge'] },
          { key: 'old', tags: ['v1'], archived: true },
        ],
      },
    ],
  },
};

interface Config {
  readonly on: boolean;
  readonly version: number;
  readonly rules: readonly { readonly _id: string; readonly description?: string }[];
}
interface Item {
  readonly key: string;
  readonly status: string;
  readonly reviewStatus: string;
  readonly environments: Readonly<Record<string, Config>>;
}
/** Whatever LaunchDarkly answers here: flags, environments, requests, lists of them, errors. */
interface Body extends Item {
  readonly _id: string;
  readonly kind: string;
  readonly code: string;
  readonly message: string;
  readonly id: string;
  readonly items: readonly Item[];
  readonly variations: readonly { readonly _id: string }[];
  readonly approvalSettings?: unknown;
  readonly _links: { readonly next?: { readonly href: string } };
}

const seen = new Set<string>();
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await startSandbox();
});
afterAll(async () => {
  await sandbox.close();
  // Whatever the order of the tests: together they ask for every operation. One test alone, by `-t`, does not.
  expect(launchDarklyOperations.filter((operation) => !seen.has(operation))).toEqual([]);
});
beforeEach(() => sandbox.load(world));

const semantic = 'application/json; domain-model=launchdarkly.semanticpatch';

async function ask(
  method: string,
  path: string,
  body?: unknown,
  { token = 'writer', type = method === 'PATCH' ? semantic : 'application/json' } = {},
) {
  const response = await fetch(`${sandbox.url}/launchdarkly/api/v2/${path}`, {
    method,
    headers: { authorization: token, ...(body === undefined ? {} : { 'content-type': type }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (response.ok) seen.add(sandbox.journal().at(-1)?.operation ?? '');
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Body,
  };
}
const flag = async (key: string, query = '') => (await ask('GET', `flags/shop/${key}${query}`)).body;
const copy = (body: unknown) => ask('POST', 'flags/shop/checkout/copy', body);
const pathOf = (environment: string) => `projects/shop/flags/checkout/environments/${environment}`;

test('environments, and the segments that live in them', async () => {
  const { body } = await ask('GET', 'projects/shop/environments');
  expect(body.items.map(({ key }) => key)).toEqual(['sit', 'uat', 'prod']);
  expect((await ask('GET', 'projects/shop/environments/uat')).body.approvalSettings).toBeUndefined();
  expect((await ask('GET', 'projects/shop/environments/prod')).body.approvalSettings).toMatchObject({
    required: true,
    requiredApprovalTags: [],
  });
  expect((await ask('GET', 'segments/shop/sit/beta')).body.key).toBe('beta');
  expect((await ask('GET', 'segments/shop/prod/beta')).status).toBe(404);
});

describe('flags', () => {
  test('are listed by tag, page by page, without what is archived', async () => {
    const first = await ask('GET', 'flags/shop?tag=v1&limit=1&env=sit');
    expect(first.body.items.map(({ key }) => key)).toEqual(['basket']);
    expect(first.body.items[0]?.environments.sit?.rules).toBeUndefined();
    const second = await ask('GET', (first.body._links.next?.href ?? '').replace('/api/v2/', ''));
    expect(second.body.items.map(({ key }) => key)).toEqual(['checkout']);
    expect(second.body._links.next).toBeUndefined();
  });

  test('are shown with the environments asked for', async () => {
    const { environments, kind } = await flag('checkout', '?env=sit&env=uat');
    expect(kind).toBe('boolean');
    expect(Object.keys(environments)).toEqual(['sit', 'uat']);
    expect(environments.sit).toMatchObject({
      on: true,
      version: 1,
      offVariation: 1,
      fallthrough: {
        rollout: {
          contextKind: 'user',
          variations: [
            { variation: 0, weight: 10_000 },
            { variation: 1, weight: 90_000 },
          ],
        },
      },
      targets: [{ contextKind: 'user', variation: 0, values: ['ann'] }],
      contextTargets: [
        { contextKind: 'device', variation: 1, values: ['d1'] },
        { contextKind: 'user', variation: 0, values: [] },
      ],
      prerequisites: [{ key: 'basket', variation: 0 }],
      _site: { href: '/shop/sit/features/checkout' },
    });
    expect(environments.uat).toMatchObject({
      on: false,
      rules: [],
      targets: [],
      fallthrough: { variation: 0 },
    });
  });

  test('are kept from strangers, and from readers who would write', async () => {
    expect((await ask('GET', 'flags/shop', undefined, { token: 'x' })).status).toBe(401);
    const refused = await ask('POST', 'flags/shop/checkout/copy', {}, { token: 'reader' });
    expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
    expect(refused.body.id).not.toBe('');
  });
});

describe('copying', () => {
  test('takes over what is included, at the versions that are named', async () => {
    const to = { source: { key: 'sit', currentVersion: 1 }, target: { key: 'uat', currentVersion: 1 } };
    const copied = await copy({ ...to, includedActions: ['updateOn', 'updateRules'] });
    expect(copied.status).toBe(201);
    const { sit, uat } = copied.body.environments;
    expect(uat).toMatchObject({ on: true, version: 2, fallthrough: { variation: 0 }, targets: [] });
    expect(uat?.rules[0]?.description).toBe('at home');
    expect(uat?.rules[0]?._id).not.toBe(sit?.rules[0]?._id);
    const again = await copy(to);
    expect([again.status, again.body.code]).toEqual([409, 'optimistic_locking_error']);
  });

  test('takes over all but what is excluded, and not both lists', async () => {
    const to = { source: { key: 'sit' }, target: { key: 'uat' } };
    const { body } = await copy({ ...to, excludedActions: ['updateTargets', 'updateOn'] });
    expect(body.environments.uat).toMatchObject({
      on: false,
      targets: [],
      prerequisites: [{ key: 'basket', variation: 0 }],
    });
    expect((await copy({ ...to, includedActions: [], excludedActions: [] })).status).toBe(400);
    expect((await copy({ ...to, includedActions: ['updateAll'] })).status).toBe(400);
    expect((await copy({ source: { key: 'sit' }, target: { key: 'nowhere' } })).status).toBe(404);
  });

  test('is refused where the plan has it not, and where approval is wanted', async () => {
    expect((await copy({ source: { key: 'sit' }, target: { key: 'prod' } })).status).toBe(403);
    const launchdarkly = {
      ...world.launchdarkly,
      projects: world.launchdarkly?.projects ?? [],
      copying: false,
    };
    await sandbox.load({ launchdarkly });
    expect((await copy({ source: { key: 'sit' }, target: { key: 'uat' } })).status).toBe(403);
  });
});

describe('semantic patches', () => {
  const patch = (instructions: unknown, options = {}) =>
    ask('PATCH', 'flags/shop/checkout', { environmentKey: 'uat', instructions }, options);

  test('replace whole parts, all or nothing', async () => {
    const [yes = '', no = ''] = (await flag('checkout')).variations.map(({ _id }) => _id);
    const basket = (await flag('basket')).variations[2]?._id;
    const instructions = [
      { kind: 'turnFlagOn' },
      { kind: 'updateOffVariation', variationId: yes },
      { kind: 'updateFallthroughVariationOrRollout', rolloutWeights: { [yes]: 25_000, [no]: 75_000 } },
      {
        kind: 'replaceRules',
        rules: [{ variationId: no, clauses: [{ attribute: 'plan', op: 'in', values: ['x'] }] }],
      },
      { kind: 'replaceTargets', targets: [{ variationId: yes, values: ['bob'], contextKind: 'user' }] },
      { kind: 'replacePrerequisites', prerequisites: [{ key: 'basket', variationId: basket }] },
    ];
    const { status, body } = await patch(instructions);
    expect(status).toBe(200);
    expect(body.environments.uat).toMatchObject({
      on: true,
      version: 2,
      offVariation: 0,
      fallthrough: { rollout: { variations: [{ weight: 25_000 }, { weight: 75_000 }] } },
      rules: [{ variation: 1, clauses: [{ attribute: 'plan', negate: false, contextKind: 'user' }] }],
      targets: [{ variation: 0, values: ['bob'] }],
      prerequisites: [{ key: 'basket', variation: 2 }],
    });
    expect((await patch([{ kind: 'turnFlagOff' }, { kind: 'dance' }])).status).toBe(400);
    expect((await flag('checkout')).environments.uat?.on).toBe(true);
    expect((await patch([{ kind: 'turnFlagOff' }])).body.environments.uat?.version).toBe(3);
    expect((await patch([{ kind: 'turnFlagOff' }])).body.environments.uat?.version).toBe(3);
  });

  test('are known by their content type, and checked', async () => {
    const { status, body } = await patch([{ kind: 'turnFlagOn' }], { type: 'application/json' });
    expect([status, body.message]).toEqual([400, expect.stringContaining('JSON patch')]);
    const [yes = '', no = ''] = (await flag('checkout')).variations.map(({ _id }) => _id);
    for (const wrong of [
      [{ kind: 'updateOffVariation', variationId: 'x' }],
      [{ kind: 'updateFallthroughVariationOrRollout', rolloutWeights: { [yes]: 1 } }],
      [
        {
          kind: 'replaceTargets',
          targets: [yes, no].map((variationId) => ({ variationId, values: ['ann'] })),
        },
      ],
      [
        {
          kind: 'replaceRules',
          rules: [{ variationId: yes, clauses: [{ attribute: 'a', op: 'like', values: [] }] }],
        },
      ],
      [{ kind: 'replacePrerequisites', prerequisites: [{ key: 'checkout', variationId: yes }] }],
    ])
      expect((await patch(wrong)).status).toBe(400);
  });
});

describe('approvals', () => {
  test('of a copy: asked for, reviewed by another, applied as it was asked for', async () => {
    const request = {
      description: 'Sync',
      source: { key: 'sit', version: 1 },
      includedActions: ['updateOn'],
    };
    const made = await ask('POST', `${pathOf('prod')}/approval-requests-flag-copy`, request);
    expect(made.body).toMatchObject({
      reviewStatus: 'pending',
      status: 'pending',
      source: { key: 'sit', version: 1 },
      instructions: [{ kind: 'updateOn' }],
    });
    const path = `${pathOf('prod')}/approval-requests/${made.body._id}`;
    expect((await ask('POST', `${path}/apply`, {})).status).toBe(400);
    expect((await ask('POST', `${path}/reviews`, { kind: 'approve' })).status).toBe(403);
    const reviewed = await ask('POST', `${path}/reviews`, { kind: 'approve' }, { token: 'other' });
    expect(reviewed.body.reviewStatus).toBe('approved');
    expect((await ask('POST', `${path}/apply`, {}, { token: 'other' })).status).toBe(403);
    expect((await ask('POST', `${path}/apply`, {})).body.status).toBe('completed');
    expect((await flag('checkout')).environments.prod).toMatchObject({ on: true, version: 2 });
    const { items } = (await ask('GET', `${pathOf('prod')}/approval-requests`)).body;
    expect(items).toMatchObject([{ _id: made.body._id, status: 'completed' }]);
  });

  test('of a patch, whose instructions are checked when it is asked for', async () => {
    const path = `${pathOf('prod')}/approval-requests`;
    const on = [{ kind: 'turnFlagOn' }];
    expect((await ask('POST', path, { description: 'On', instructions: on })).status).toBe(201);
    expect((await ask('POST', path, { instructions: on })).status).toBe(400);
    expect((await ask('POST', path, { description: 'On', instructions: [{ kind: 'x' }] })).status).toBe(400);
  });

  test('answered by the world, a while after', async () => {
    const project = world.launchdarkly?.projects[0];
    const approvals = { answer: 'approved' as const, after: '5m', tags: ['v1'] };
    const launchdarkly = {
      projects: [
        {
          ...project,
          key: 'shop',
          environments: [{ key: 'sit' }, { key: 'uat' }, { key: 'prod', approvals }],
        },
      ],
    };
    await sandbox.load({ launchdarkly });
    const request = { description: 'On', instructions: [{ kind: 'turnFlagOn' }] };
    await ask('POST', `${pathOf('prod')}/approval-requests`, request);
    const review = async () =>
      (await ask('GET', `${pathOf('prod')}/approval-requests`)).body.items[0]?.reviewStatus;
    expect(await review()).toBe('pending');
    await sandbox.clock.advance(300_000);
    expect(await review()).toBe('approved');
  });
});

test('limits are of the account and of each route, in windows of ten seconds', async () => {
  await sandbox.load({ launchdarkly: { projects: [], limits: { account: 3, route: 2 } } });
  const list = () => ask('GET', 'flags/shop');
  const first = await list();
  expect(first.headers.get('x-ratelimit-global-remaining')).toBe('2');
  expect(first.headers.get('x-ratelimit-route-remaining')).toBe('1');
  const reset = Number(first.headers.get('x-ratelimit-reset'));
  expect(reset - sandbox.clock.now()).toBeGreaterThan(0);
  expect((await list()).status).toBe(404);
  expect([(await list()).status, (await list()).status]).toEqual([429, 429]);
  expect((await ask('GET', 'projects/shop/environments')).status).toBe(429);
  await sandbox.clock.advance(reset - sandbox.clock.now());
  expect((await list()).status).toBe(404);
});

test('a world with a mistake is refused', async () => {
  const flags = [{ key: 'a', environments: { uat: {} } }];
  const launchdarkly = { projects: [{ key: 'shop', environments: [{ key: 'sit' }], flags }] };
  await expect(sandbox.load({ launchdarkly })).rejects.toThrow(
    'flag a has settings in uat, which shop does not have',
  );
});
