import type { ChildProcess } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox, type World } from '@promo-actions/sandbox';
import { errorsOf, runAction, type StepRun } from '../bundle/run.ts';
import { gatePage } from '../gates/refusals.ts';

type LaunchDarkly = NonNullable<World['launchdarkly']>;
type Project = LaunchDarkly['projects'][number];

const flags: Project['flags'] = [
  {
    key: 'checkout',
    tags: ['release-v1.4.0'],
    environments: {
      sit: {
        on: true,
        'off-variation': 0,
        fallthrough: { serve: { '0': '10%', '1': '90%' } },
        rules: [
          { if: [{ attribute: 'country', values: ['ZA', 'NA'] }], serve: 0, description: 'at home' },
          { if: [{ attribute: 'email', op: 'endsWith', values: ['@example.com'] }], serve: 1 },
        ],
        targets: [
          { serve: 0, keys: ['ann@example.com', 'bob@example.com'] },
          { serve: 1, kind: 'device', keys: ['d-1'] },
        ],
        prerequisites: [{ flag: 'basket', serve: 2 }],
      },
      prod: { targets: [{ serve: 1, keys: ['zoe@example.com'] }] },
    },
  },
  {
    key: 'basket',
    tags: ['release-v1.4.0'],
    variations: ['small', 'big', 'huge'],
    environments: { sit: { on: true, fallthrough: 2 }, prod: { fallthrough: 0 } },
  },
  { key: 'banner', tags: ['release-v1.4.0'] },
  { key: 'search', environments: { sit: { on: true } } },
];
const project: Project = { key: 'shop', environments: [{ key: 'sit' }, { key: 'prod' }], flags };
const account = (more: Partial<LaunchDarkly> = {}, approvals?: object): World => ({
  launchdarkly: {
    tokens: [{ token: 'secret-token' }, { token: 'secret-of-a-reviewer' }],
    projects: [
      approvals ? { ...project, environments: [{ key: 'sit' }, { key: 'prod', approvals }] } : project,
    ],
    ...more,
  },
});

const page = gatePage('sync-flags');
let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await startSandbox({ world: account() });
});
afterEach(() => sandbox.close());

function sync(
  inputs: Readonly<Record<string, string>> = {},
  started?: (child: ChildProcess) => void,
): Promise<StepRun> {
  return runAction('sync-flags', {
    ...(started ? { started } : {}),
    inputs: {
      token: 'secret-token',
      project: 'shop',
      environment: 'prod',
      'source-environment': 'sit',
      tags: 'release-v1.4.0',
      ...inputs,
    },
    sandbox: sandbox.environment(),
  });
}
const restore = (point: string | undefined, inputs = {}, started?: (child: ChildProcess) => void) =>
  sync(
    { operation: 'restore', 'restore-point': point ?? '', tags: '', 'source-environment': '', ...inputs },
    started,
  );

const calls = () => sandbox.journal().map((entry) => entry.operation);
const writes = () => calls().filter((operation) => !operation.startsWith('GET'));

const copyOf = 'POST /api/v2/flags/{projectKey}/{featureFlagKey}/copy';
const patchOf = 'PATCH /api/v2/flags/{projectKey}/{featureFlagKey}';
const approvalsOf =
  '/api/v2/projects/{projectKey}/flags/{featureFlagKey}/environments/{environmentKey}/approval-requests';

async function ask(method: string, path: string, body?: unknown, token = 'secret-token') {
  const patch = method === 'PATCH' ? '; domain-model=launchdarkly.semanticpatch' : '';
  const response = await fetch(`${sandbox.url}/launchdarkly/api/v2/${path}`, {
    method,
    headers: { authorization: token, 'content-type': `application/json${patch}`, 'x-sandbox-faults': 'none' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  expect(response.ok).toBe(true);
  return response.json() as Promise<unknown>;
}

/** A flag's settings in an environment as LaunchDarkly tells them, without IDs, versions and times. */
async function settings(flag: string, environment = 'prod') {
  const { environments } = (await ask('GET', `flags/shop/${flag}`)) as {
    environments: Record<string, Record<string, unknown>>;
  };
  const { on, rules, fallthrough, offVariation, targets, contextTargets, prerequisites } =
    environments[environment] ?? {};
  const all = { on, rules, fallthrough, offVariation, targets, contextTargets, prerequisites };
  return JSON.parse(JSON.stringify(all, (key, value) => (key === '_id' ? undefined : value))) as unknown;
}

describe('sync', () => {
  test('copies what differs, prerequisites first, once; and puts it back', async () => {
    const before = await Promise.all(['checkout', 'basket'].map((flag) => settings(flag)));
    const first = await sync({ version: 'v1.4.0' });
    expect(first.code).toBe(0);
    expect(first.outputs).toMatchObject({
      decision: 'pass',
      changed: 'true',
      flags: 'banner\nbasket\ncheckout',
      'changed-flags': 'basket\ncheckout',
      'waiting-flags': '',
    });
    expect(writes()).toEqual([copyOf, copyOf]);
    for (const flag of ['checkout', 'basket'])
      expect(await settings(flag)).toEqual(await settings(flag, 'sit'));
    expect(await settings('search')).toMatchObject({ on: false });
    expect(first.summary).toContain('fallthrough: true → 10% true, 90% false by user key');
    expect(first.summary).toContain('rules: + if user country in ZA, NA: true');
    expect(first.log).toContain('checkout: targets: user to true: 2 more, 0 fewer');
    expect(first.log.replaceAll('::add-mask::secret-token', '') + first.summary).not.toMatch(
      /secret-token|ann@example|@example\.com/,
    );

    const second = await sync();
    expect(second.outputs).toMatchObject({ decision: 'pass', changed: 'false', 'changed-flags': '' });
    expect(writes()).toHaveLength(2);

    const point = first.outputs['restore-point'];
    const back = await restore(point);
    expect(back.outputs).toMatchObject({ decision: 'pass', 'changed-flags': 'checkout\nbasket' });
    expect(await Promise.all(['checkout', 'basket'].map((flag) => settings(flag)))).toEqual(before);
    expect((await restore(point)).outputs).toMatchObject({ decision: 'pass', changed: 'false' });
    expect(writes()).toHaveLength(4);
  });

  test('patches where the plan does not copy, to the same end; and only the parts wanted', async () => {
    await sandbox.load(account({ copying: false }));
    const parts = await sync({ 'exclude-parts': 'targets, on', flags: 'search' });
    expect(parts.outputs.decision).toBe('pass');
    expect(parts.log).toContain('Copying is not allowed here (HTTP 403: ');
    expect(writes()).toEqual([copyOf, patchOf, patchOf]);
    expect(await settings('checkout')).toMatchObject({
      on: false,
      targets: [{ values: ['zoe@example.com'] }],
      rules: [{ description: 'at home' }, {}],
    });
    const rest = await sync({ 'include-parts': 'targets, on', method: 'patch' });
    expect(rest.outputs['changed-flags']).toBe('basket\ncheckout');
    for (const flag of ['checkout', 'basket'])
      expect(await settings(flag)).toEqual(await settings(flag, 'sit'));
    const refused = await sync({ flags: 'search', method: 'copy' });
    expect(errorsOf(refused)).toContain('Set `method: auto` to go on with semantic patches');
  });

  test('a dry run shows what would be and changes nothing', async () => {
    const run = await sync({ 'dry-run': 'true' });
    expect(run.outputs).toMatchObject({ decision: 'pass', changed: 'false', 'changed-flags': '' });
    expect(run.log).toContain('Dry run: `basket` in prod would be changed.');
    expect(run.summary).toContain('#### What would be changed');
    expect(run.summary).toContain('| basket | fallthrough: "small" → "huge" |');
    expect(writes()).toEqual([]);
  });

  test('nothing is changed when one of the flags cannot be', async () => {
    const launchdarkly = account().launchdarkly;
    const segment = { if: [{ attribute: 'segmentMatch', op: 'segmentMatch', values: ['beta'] }], serve: 0 };
    const more: Project['flags'] = [
      { key: 'old', archived: true },
      { key: 'beta', environments: { sit: { rules: [segment] } } },
    ];
    await sandbox.load({
      launchdarkly: { ...launchdarkly, projects: [{ ...project, flags: [...(flags ?? []), ...more] }] },
    });
    const run = page.refused(
      'flags that are not there, archived, or need what the target lacks',
      await sync({ flags: 'old, beta, nowhere' }),
    );
    expect([run.code, run.outputs.decision]).toEqual([1, 'fail']);
    expect(errorsOf(run)).toContain('`old` is archived');
    expect(errorsOf(run)).toContain('There is no flag `nowhere` in shop');
    expect(errorsOf(run)).toContain(
      'A rule of `beta` in sit is for the segment `beta`, which prod does not have',
    );
    const none = page.refused('a tag that no flag carries', await sync({ tags: 'release-v9' }));
    expect(errorsOf(none)).toContain('There is no flag to sync: no flag of shop carries `release-v9`');
    expect(writes()).toEqual([]);
  });
});

describe('restore', () => {
  test('leaves alone what somebody changed since, and goes on with the rest', async () => {
    const { outputs } = await sync();
    await ask('PATCH', 'flags/shop/checkout', {
      environmentKey: 'prod',
      instructions: [{ kind: 'replaceTargets', targets: [] }],
    });
    const run = page.refused(
      'to put back what somebody changed since',
      await restore(outputs['restore-point']),
    );
    expect([run.code, run.outputs.decision, run.outputs['changed-flags']]).toEqual([1, 'fail', 'basket']);
    expect(errorsOf(run)).toContain(
      '`checkout` in prod was changed by somebody since the sync, in targets, and was left alone.',
    );
    expect(await settings('checkout')).toMatchObject({ on: true });
  });
});

describe('approvals', () => {
  async function review(flag: string, kind: 'approve' | 'decline') {
    const path = `projects/shop/flags/${flag}/environments/prod/approval-requests`;
    const { items } = (await ask('GET', path)) as { items: { _id: string; description: string }[] };
    expect(items).toHaveLength(1);
    expect(items[0]?.description).toContain('https://github.com/example/tenant-service/actions/runs/7001');
    await ask('POST', `${path}/${items[0]?._id}/reviews`, { kind }, 'secret-of-a-reviewer');
  }

  test('are asked for once; the run after the approval goes on, verified', async () => {
    await sandbox.load(account({}, { tags: ['release-v1.4.0'] }));
    const first = page.refused('a change that needs approval', await sync({ flags: 'search' }));
    expect([first.code, first.outputs.decision]).toEqual([1, 'hold']);
    expect(first.outputs).toMatchObject({
      'changed-flags': 'search',
      'waiting-flags': 'basket\ncheckout',
      'approval-links':
        'https://app.launchdarkly.com/shop/prod/features/basket\nhttps://app.launchdarkly.com/shop/prod/features/checkout',
    });
    expect(errorsOf(first)).toContain(
      'The change of `basket` in prod is waiting for approval; the request was made now.',
    );
    expect((await sync()).outputs['waiting-flags']).toBe('basket\ncheckout');
    const asked = `POST ${approvalsOf}-flag-copy`;
    expect(writes()).toEqual([copyOf, asked, asked]);

    await review('basket', 'approve');
    await review('checkout', 'decline');
    const third = page.refused('a change that was declined', await sync());
    expect(third.outputs).toMatchObject({ decision: 'fail', 'changed-flags': 'basket', 'waiting-flags': '' });
    expect(await settings('basket')).toEqual(await settings('basket', 'sit'));
    expect(errorsOf(third)).toContain(
      'The change of `checkout` in prod was declined. Read the review at https://',
    );

    const instructions = [{ kind: 'turnFlagOff' }];
    await ask('PATCH', 'flags/shop/checkout', { environmentKey: 'sit', instructions });
    const fourth = page.refused('another change than the one that was asked for', await sync());
    expect(fourth.outputs).toMatchObject({ decision: 'hold', 'waiting-flags': 'checkout' });
    expect(errorsOf(fourth)).toContain(
      'Earlier requests, for what the flag was to become then, are out of date',
    );
  });

  test('are found again where the answer to the request was lost, and asked for a patch without copying', async () => {
    await sandbox.load(account({ copying: false }, {}));
    sandbox.inject({ service: 'launchdarkly', operation: `POST ${approvalsOf}`, nth: 1, drop: 'after' });
    const run = await sync({ tags: '', flags: 'checkout', 'notify-teams': 'ops' });
    expect(run.outputs).toMatchObject({ decision: 'hold', 'waiting-flags': 'checkout' });
    await review('checkout', 'approve');
    sandbox.inject({
      service: 'launchdarkly',
      operation: `POST ${approvalsOf}/{id}/apply`,
      nth: 1,
      drop: 'after',
    });
    expect((await sync({ tags: '', flags: 'checkout' })).outputs).toMatchObject({
      decision: 'pass',
      'changed-flags': 'checkout',
    });
    expect(await settings('checkout')).toEqual(await settings('checkout', 'sit'));
    expect(calls().filter((operation) => operation === `POST ${approvalsOf}`)).toHaveLength(1);
  });

  test('are waited for as long as is wanted, in virtual time', async () => {
    await sandbox.load(account({}, { answer: 'approved', after: '5m' }));
    const run = await sync({ wait: '10m' });
    expect(run.outputs).toMatchObject({ decision: 'pass', 'changed-flags': 'basket\ncheckout' });
    expect(run.log).toContain('2 of 2 flags wait for approval; looking again for 10m.');
    for (const flag of ['checkout', 'basket'])
      expect(await settings(flag)).toEqual(await settings(flag, 'sit'));
    const back = await restore(run.outputs['restore-point']);
    expect(back.outputs).toMatchObject({ decision: 'hold', 'waiting-flags': 'checkout\nbasket' });
    await sandbox.clock.advance(300_000);
    const done = await restore(run.outputs['restore-point']);
    expect(done.outputs).toMatchObject({ decision: 'pass', 'changed-flags': 'checkout\nbasket' });
  });
});

describe('bad days', () => {
  test('limits of the account and of routes are kept to, in virtual time', async () => {
    await sandbox.load(account({ limits: { account: 4, route: 2 } }));
    const before = sandbox.clock.now();
    const first = await sync();
    expect(first.outputs.decision).toBe('pass');
    expect(first.log).toContain('The calls that LaunchDarkly allows for now are used up; going on in 10s.');
    expect(sandbox.journal().filter(({ status }) => status === 429)).toEqual([]);
    expect(sandbox.clock.now() - before).toBeGreaterThanOrEqual(20_000);
  });

  test('a change whose answer is lost is there once', async () => {
    sandbox.inject({ service: 'launchdarkly', operation: copyOf, nth: 1, drop: 'after' });
    const run = await sync({ tags: '', flags: 'checkout' });
    expect(run.outputs).toMatchObject({ decision: 'pass', 'changed-flags': 'checkout' });
    expect(writes()).toEqual([copyOf]);
    expect(await settings('checkout')).toEqual(await settings('checkout', 'sit'));
  });

  test('somebody faster is noticed by the version, and what is theirs elsewhere stays', async () => {
    let done = false;
    sandbox.watch({
      async before({ operation }) {
        if (operation !== copyOf || done) return;
        done = true;
        const instructions = [{ kind: 'replaceTargets', targets: [] }];
        await ask('PATCH', 'flags/shop/checkout', { environmentKey: 'prod', instructions });
      },
    });
    const run = await sync({ tags: '', flags: 'checkout', 'exclude-parts': 'targets' });
    expect(run.outputs.decision).toBe('pass');
    expect(calls().filter((operation) => operation === copyOf)).toHaveLength(2);
    expect(await settings('checkout')).toMatchObject({ on: true, targets: [] });
  });

  test('a failure in the middle is told with what was done and how to put it back', async () => {
    sandbox.inject({ service: 'launchdarkly', operation: copyOf, nth: 2, status: 400, message: 'No.' });
    const run = page.refused('a copy that LaunchDarkly refuses, when others are done', await sync());
    expect([run.code, run.outputs.decision, run.outputs['changed-flags']]).toEqual([1, 'fail', 'basket']);
    expect(errorsOf(run)).toMatch(
      /`checkout` could not be copied from sit to prod\. LaunchDarkly says: No\..*HTTP 400, request ID /,
    );
    expect(run.outputs['restore-point']).toContain('"flag":"basket"');
  });

  test('whose lock was taken over changes nothing; who holds it renews it', async () => {
    const held = { deployment_id: 'lock#prod#orders', environment: 'prod', service: 'orders' };
    const when = { acquired_at: '2026-03-03T20:00:00Z', expires_at: '2026-03-03T22:00:00Z' };
    const now = { fencing_token: 2, lock_revision: 2, lock_state: 'held', lease_seconds: 7_200 };
    const run = { run_id: '7002', run_attempt: 1, repository: 'example/orders', job: 'deploy', actor: 'ana' };
    await sandbox.load({
      ...account(),
      accounts: { prod: { id: '222222222222', region: 'af-south-1' } },
      dynamodb: [
        {
          account: 'prod',
          table: 'locks',
          key: 'deployment_id',
          items: [{ ...held, ...when, ...now, ...run }],
        },
      ],
    });
    const fenced = (token: string) =>
      sync({ service: 'orders', 'lock-table': 'locks', 'fencing-token': token });
    const late = page.refused('a run whose lock was taken over', await fenced('1'));
    expect(late.outputs).toMatchObject({ decision: 'fail', changed: 'false' });
    expect(errorsOf(late)).toContain('no longer held with token 1');
    expect(errorsOf(late)).toContain('`checkout` was left alone, for the step ended before it.');
    expect(calls().filter((operation) => /^(POST|PATCH|PutItem)/.test(operation))).toEqual([]);
    expect((await fenced('2')).outputs).toMatchObject({
      decision: 'pass',
      'changed-flags': 'basket\ncheckout',
    });
    expect(calls().filter((operation) => operation === 'PutItem')).toHaveLength(2);
  });

  test('a run whose runner died is put back by what its attempt noted down, and cancelled it says so', async () => {
    const before = await Promise.all(['checkout', 'basket'].map((flag) => settings(flag)));
    await sandbox.load({
      ...account(),
      accounts: { prod: { id: '222222222222', region: 'af-south-1' } },
      dynamodb: [{ account: 'prod', table: 'deployments', key: 'deployment_id' }],
    });
    const ended = (signal: NodeJS.Signals) => {
      let child: ChildProcess | undefined;
      let copies = 0;
      sandbox.watch({
        async after({ operation, gone }) {
          if (operation !== copyOf) return;
          copies += 1;
          if (copies < 2) return;
          child?.kill(signal);
          if (!gone.aborted) await new Promise((resolve) => gone.addEventListener('abort', resolve));
        },
      });
      return sync({ table: 'deployments' }, (process) => {
        child = process;
      }).finally(() => sandbox.watch(undefined));
    };
    const put = (inputs = {}) => restore(undefined, { table: 'deployments', ...inputs });
    const same = async () => Promise.all(['checkout', 'basket'].map((flag) => settings(flag)));

    expect((await ended('SIGKILL')).outputs).toEqual({});
    expect(await settings('checkout')).toMatchObject({ on: true });
    expect((await put()).outputs).toMatchObject({ decision: 'pass', 'changed-flags': 'checkout\nbasket' });
    expect(await same()).toEqual(before);

    const cancelled = await ended('SIGINT');
    expect(cancelled.outputs).toMatchObject({ decision: 'fail', 'changed-flags': 'basket\ncheckout' });
    expect(errorsOf(cancelled)).toContain('The run was cancelled while `checkout` was brought about.');
    const back = await restore(cancelled.outputs['restore-point'], {}, (child) =>
      sandbox.watch({
        before: async ({ operation }) => {
          if (!operation.startsWith('PATCH')) return;
          sandbox.watch(undefined);
          child.kill('SIGINT');
        },
      }),
    );
    expect(back.outputs).toMatchObject({ decision: 'pass', 'changed-flags': 'checkout\nbasket' });
    expect(await same()).toEqual(before);
  });

  test('wrong tokens and environments are told with what to do', async () => {
    const stranger = page.refused('a wrong token', await sync({ token: 'secret-of-a-stranger' }));
    expect(errorsOf(stranger)).toContain('not an SDK key');
    const nowhere = page.refused(
      'an environment that is not there',
      await sync({ 'target-environment': 'production' }),
    );
    expect(errorsOf(nowhere)).toContain(
      'There is no environment `production` in project shop of LaunchDarkly. (GET /api/v2/projects/shop/environments/production, HTTP 404) It has sit, prod: take the key of one of them.',
    );
  });

  test('every wrong input at once, and nothing is called', async () => {
    const run = await sync({
      token: '',
      'base-url': 'http://example.com',
      project: 'my shop',
      'source-environment': 'prod',
      tags: '',
      'include-parts': 'on, salt',
      'exclude-parts': 'targets',
      method: 'guess',
      wait: '10',
      'fencing-token': '1',
    });
    for (const input of [
      'token',
      'base-url',
      'project',
      'source-environment',
      'flags',
      'include-parts',
      'exclude-parts',
      'method',
      'wait',
      'lock-table',
      'service',
    ])
      expect(errorsOf(run)).toContain(`  ${input}: `);
    const back = await restore('{"project": "shop", "environment": "uat", "flags": []}');
    expect(errorsOf(back)).toContain('restore-point: is of uat in shop; expected one of prod in shop.');
    expect(calls()).toEqual([]);
  });
});

page.isToldInDocs();
