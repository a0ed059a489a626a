import type { ChildProcess } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { WatchedCall } from '@promo-actions/sandbox';
import { errorsOf, type StepRun } from '../bundle/run.ts';
import { gatePage } from '../gates/refusals.ts';
import { sample } from '../sample.ts';
import { type ConfigWorld, configWorld, type Given } from './config-world.ts';

const page = gatePage('promote-config');

let world: ConfigWorld;

beforeAll(async () => {
  world = await configWorld();
});
afterAll(() => world.close());

/** That every death is mended is shown in core, call by call; here, that it is by processes that die. */
const deaths = [
  [3, 'after'],
  [1, 'before'],
  [4, 'after'],
] as const;

const secrets = ['s3cr3t-new-value', 's3cr3t-old-value', 's3cr3t-first-time'];
const sit: readonly Given[] = [
  ['/tenants/sit/url', 'https://api.example.com/v2'],
  ['/tenants/sit/limit', '20'],
  ['/tenants/sit/database/password', 's3cr3t-new-value', 'alias/sit'],
  ['/tenants/sit/database/token', 's3cr3t-first-time', 'alias/sit'],
  ['/tenants/sit/features/dark', 'true'],
  ['/tenants/sit/deployed-version', 'v1.4.0'],
];
const prod: readonly Given[] = [
  ['/tenants/prod/url', 'https://api.example.com/v1'],
  ['/tenants/prod/limit', '20'],
  ['/tenants/prod/database/password', 's3cr3t-old-value', 'alias/prod'],
  ['/tenants/prod/legacy', 'yes'],
  ['/tenants/prod/deployed-version', 'v1.3.0'],
];
const before = Object.fromEntries(prod.map(([name, value]) => [name, value]));
const after = {
  ...before,
  '/tenants/prod/url': 'https://api.example.com/v2',
  '/tenants/prod/database/password': 's3cr3t-new-value',
  '/tenants/prod/database/token': 's3cr3t-first-time',
  '/tenants/prod/features/dark': 'true',
};

/** Searches all that a step leaves behind, but for the words by which the runner is told to mask. */
async function expectNoSecret(...runs: readonly StepRun[]): Promise<void> {
  const table = await world.table();
  const journal = JSON.stringify(world.sandbox.journal());
  for (const run of runs) {
    const log = run.log.replace(/^::add-mask::.*$/gm, '');
    const { outputs, state, summary, annotations } = run;
    const all = [log, JSON.stringify({ outputs, state, annotations }), summary, table, journal].join('\n');
    for (const secret of secrets) expect(all).not.toContain(secret);
  }
}

/** Interrupts the step, as a cancelled run does, when it first sends the call. */
function cancelledAt(call: string) {
  return (child: ChildProcess) =>
    world.sandbox.watch({
      before: async ({ operation }) => {
        if (operation !== call) return;
        world.sandbox.watch(undefined);
        child.kill('SIGINT');
      },
    });
}

describe('a promotion', () => {
  test('writes what differs, encrypted with the target’s key, and is put back by a later step, though that is cancelled', async () => {
    await world.load(sit, prod);
    const dry = await world.run({ 'dry-run': 'true' });
    expect(world.writes()).toEqual([]);
    expect(dry.outputs).toMatchObject({ changed: 'false', created: '2', updated: '2', decision: 'pass' });
    expect(dry.log).toContain(
      '~ /tenants/prod/url: "https://api.example.com/v1" → "https://api.example.com/v2"',
    );
    expect(dry.log).toContain('~ /tenants/prod/database/password: a secret → a secret');
    expect(dry.log).toContain('= /tenants/prod/legacy: "yes" → not at the source; stays');

    const run = await world.run();
    expect(errorsOf(run)).toBe('');
    expect(run.outputs).toMatchObject({
      ...{ changed: 'true', created: '2', updated: '2', unchanged: '1', restored: '0' },
      ...{ promotion: '7001', decision: 'pass' },
    });
    expect(await world.values()).toEqual(after);
    expect(await world.history('/tenants/prod/database/password')).toEqual([
      's3cr3t-old-value (alias/prod)',
      's3cr3t-new-value (alias/prod)',
    ]);
    for (const secret of ['s3cr3t-new-value', 's3cr3t-first-time'])
      expect(run.log).toContain(`::add-mask::${secret}`);
    expect(run.summary).toContain('Written: 2 new, 2 changed; 1 the same');

    const again = await world.run();
    expect(again.outputs).toMatchObject({ changed: 'false', created: '0', updated: '0', unchanged: '5' });

    const restore = await world.run({ operation: 'restore' }, { started: cancelledAt('PutParameter') });
    expect(restore.outputs).toMatchObject({ changed: 'true', restored: '4', decision: '' });
    expect(await world.values()).toEqual(before);
    expect((await world.history('/tenants/prod/database/password')).at(-1)).toBe(
      's3cr3t-old-value (alias/prod)',
    );
    const writes = world.writes().length;
    const twice = await world.run({ operation: 'restore' });
    expect(twice.outputs).toMatchObject({ changed: 'false', restored: '0' });
    expect(twice.log).toContain('was put back before');
    expect(world.writes()).toHaveLength(writes);
    await expectNoSecret(dry, run, again, restore, twice);
  });
});

describe('all or nothing', () => {
  test('a failure in the middle puts back what was there, and says so', async () => {
    await world.load(sit, prod);
    world.sandbox.inject({
      service: 'ssm',
      operation: 'PutParameter',
      nth: 3,
      status: 400,
      code: 'ParameterLimitExceeded',
    });
    const run = await world.run();
    expect(run.code).toBe(1);
    expect(errorsOf(run)).toMatch(
      /parameter `\/tenants\/prod\/features\/dark` could not be made.*ParameterLimitExceeded.*Changed before this: 2 parameters, all put back as they were found/s,
    );
    expect(run.outputs).toMatchObject({ changed: 'false', restored: '2' });
    expect(await world.values()).toEqual(before);
    await expectNoSecret(run);

    const again = await world.run();
    expect(again.outputs).toMatchObject({ changed: 'true', restored: '0' });
    expect(await world.values()).toEqual(after);
  });

  test.each(sample(deaths, 1))(
    'a run that dies at write %i, %s it, is undone by the next attempt, or by a restore',
    async (nth, moment) => {
      for (const next of sample(['promote', 'restore'], 1)) {
        await world.load(sit, prod);
        await dying(nth, moment);
        const run = await world.run(next === 'restore' ? { operation: 'restore' } : {}, {
          env: { GITHUB_RUN_ATTEMPT: '2' },
        });
        expect(errorsOf(run)).toBe('');
        expect(await world.values()).toEqual(next === 'restore' ? before : after);
        await world.run({ operation: 'restore' });
        expect(await world.values()).toEqual(before);
      }
    },
  );
});

/** Core shows the same by itself; `npm run test:all` plays them all by bundles. */
const stories: readonly (readonly [string, () => Promise<void>])[] = [
  [
    'the end of a job that failed or was cancelled puts back, unless it is to keep',
    async () => {
      await world.load(sit, prod);
      const run = await world.run();
      await world.run({ post: 'keep' }, { postOf: run });
      expect(await world.values()).toEqual(after);
      const post = await world.run({}, { postOf: run });
      expect(post.log).toContain('Put back 4 of the 4 parameters');
      expect(await world.values()).toEqual(before);
      await expectNoSecret(run, post);
    },
  ],
  [
    'a restore that dies is ended by another run’s promotion, once it is dead or has lost the lock',
    async () => {
      await world.load(sit, prod);
      await world.run();
      await dying(1, 'after', { operation: 'restore' });
      const early = await world.run({}, { run: '7002' });
      expect(errorsOf(early)).toMatch(
        /run 7001 by release-manager is changing the configuration.*If it is dead, run again in 10m, or now with `take-over: true`/s,
      );
      await world.sandbox.clock.advance(600_000);
      const late = await world.run({}, { run: '7002' });
      expect(late.log).toContain('Run 7001 had left its changes unfinished: put back');
      expect(await world.values()).toEqual(after);
      const first = await world.run({ operation: 'restore' });
      expect(first.log).toContain(
        'Run 7001 has no promotion of configuration of `tenant-service` in `prod` to put back',
      );
      expect(await world.values()).toEqual(after);
      await world.run({ operation: 'restore', promotion: '7002' }, { run: '7003' });
      expect(await world.values()).toEqual(before);
    },
  ],
  [
    'an answer that is lost is not taken for another’s work',
    async () => {
      await world.load(sit, prod);
      world.sandbox.inject({ service: 'ssm', operation: 'PutParameter', nth: 2, drop: 'after' });
      world.sandbox.inject({ service: 'dynamodb', operation: 'PutItem', nth: 2, drop: 'after' });
      expect((await world.run()).outputs).toMatchObject({ changed: 'true' });
      expect(await world.values()).toEqual(after);
      await world.run({ operation: 'restore' });
      expect(await world.values()).toEqual(before);
    },
  ],
  [
    'what others changed since is left alone, and told',
    async () => {
      await world.load(sit, prod);
      await world.run();
      await world.put('/tenants/prod/url', 'https://by-hand.example.com');
      const run = await world.run({ operation: 'restore' });
      expect(errorsOf(run)).toContain(
        '`/tenants/prod/url` changed by others since the promotion, and left as it is',
      );
      expect(await world.values()).toEqual({ ...before, '/tenants/prod/url': 'https://by-hand.example.com' });
      expect((await world.run({ operation: 'restore' })).code).toBe(0);
    },
  ],
];

test.each(sample(stories, 1))('%s', (_, story) => story());

test.each(sample([150, 500], 1))(
  '%i parameters go over at the rate that AWS allows, with a line of progress',
  async (count) => {
    const many = (environment: string, text: string): Given[] =>
      Array.from({ length: count }, (_, index) => [`/tenants/${environment}/p${index}`, `${text} ${index}`]);
    await world.load(many('sit', 'new'), many('prod', 'old'), [
      { account: 'prod', throttle: count < 500 ? '5/s' : '40/s' },
    ]);
    const run = await world.run();
    expect(errorsOf(run)).toBe('');
    expect(run.outputs).toMatchObject({ updated: String(count) });
    expect(run.log).toMatch(new RegExp(`Wrote \\d+ of ${count} parameters \\(\\d+s\\)\\.`));
    const written = world.writes().filter((name) => name === 'PutParameter').length;
    expect(written).toBeGreaterThan(count);
  },
);

describe('before anything is written', () => {
  test('rules of the policy are held to, and every breach is told at once', async () => {
    await world.load(sit, prod);
    const policy = `
defaults:
  promote-config:
    rules:
      - { key: limit, form: integer, allowed: ["10"] }
      - { key: "**/password", pattern: "[a-z]{40}" }
      - { key: region, required: true }
      - { key: url, never-copy: true, pattern: "https://.*" }
environments: { prod: {} }
services: { tenant-service: {} }
`;
    const broken = await world.run({}, { files: { '.github/promotion.yml': policy } });
    const run = page.refused('a missing key, and values that break the rules', broken);
    expect(run.code).toBe(1);
    const told = errorsOf(run);
    expect(told).toContain('`/tenants/prod/limit` would be "20"; expected one of 10.');
    expect(told).toContain(
      '`/tenants/prod/database/password` would be a secret; expected what matches [a-z]{40}.',
    );
    expect(told).toContain('`region` is required, and the target would not have it.');
    expect(run.outputs).toMatchObject({ decision: 'fail', changed: 'false' });
    expect(world.writes()).toEqual([]);
    await expectNoSecret(run);
  });

  test('contradictions are told all at once, and nothing is called', async () => {
    const calls = world.sandbox.journal().length;
    const run = await world.run({
      ...{ service: '', include: 'a b', 'key-id': 'no key', 'fencing-token': '7' },
      paths: 'tenants/{environment}',
    });
    for (const input of ['service', 'include', 'key-id', 'lock-table', 'paths'])
      expect(errorsOf(run)).toContain(`  ${input}: `);
    expect(world.sandbox.journal()).toHaveLength(calls);
  });

  test('a role that does not trust the job, a job without tokens, a key that cannot be used', async () => {
    await world.load(sit, prod);
    const stranger = await world.run({ 'source-role': 'arn:aws:iam::333333333333:role/reader' });
    expect(errorsOf(stranger)).toMatch(
      /role `arn:aws:iam::333333333333:role\/reader` could not be assumed.*trust policy/s,
    );
    const mute = await world.run({}, { env: { ACTIONS_ID_TOKEN_REQUEST_URL: '' } });
    expect(errorsOf(mute)).toContain('`permissions: id-token: write`');
    world.sandbox.inject({
      service: 'ssm',
      operation: 'PutParameter',
      nth: 1,
      status: 400,
      code: 'InvalidKeyId',
    });
    const keyless = await world.run({ 'key-id': 'alias/gone', include: 'database/*' });
    expect(errorsOf(keyless)).toMatch(
      /parameter `\/tenants\/prod\/database\/password` could not be written with key `alias\/gone`/,
    );
    const words = "Value 's3cr3t-new-value' at 'value' failed to satisfy constraint";
    const [status, code] = [400, 'ValidationException'];
    world.sandbox.inject({ service: 'ssm', operation: 'PutParameter', nth: 1, status, code, message: words });
    const refused = await world.run({ include: 'database/*' });
    expect(errorsOf(refused)).toContain('AWS refuses the value; its words may hold it');
    await expectNoSecret(refused);
    expect(await world.values()).toEqual(before);
  });
});

/** A run whose process is killed at its nth write of a parameter: before it has its effect, or before its answer. */
async function dying(
  nth: number,
  moment: 'before' | 'after',
  inputs: Readonly<Record<string, string>> = {},
): Promise<void> {
  let child: ChildProcess | undefined;
  let writes = 0;
  const kill = async ({ operation, gone }: WatchedCall) => {
    if (operation !== 'PutParameter') return;
    writes += 1;
    if (writes !== nth) return;
    child?.kill('SIGKILL');
    if (!gone.aborted) await new Promise((resolve) => gone.addEventListener('abort', resolve));
  };
  world.sandbox.watch({ [moment]: kill });
  const run = await world.run(inputs, {
    started: (process) => {
      child = process;
    },
  });
  world.sandbox.watch(undefined);
  expect(run.signal).toBe('SIGKILL');
}

page.isToldInDocs();
