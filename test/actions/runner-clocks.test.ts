import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { errorsOf } from '../bundle/run.ts';
import { functionName, type LambdaWorld, lambdaWorld } from './lambda-world.ts';

/** AWS refuses requests that are signed by a clock further off than five minutes. */
const minute = 60_000;
const place = { environment: 'prod', service: 'tenant-service' };
const dynamodb = [{ account: 'prod', table: 'deployments', key: 'deployment_id' }];
let world: LambdaWorld;

beforeEach(async () => {
  world = await lambdaWorld(['sound', 'sound', 'sound'], { 'latest-prod': '1' }, { dynamodb });
});
afterEach(() => world.close());

/** A runner whose clock is so many minutes ahead of that of AWS. */
const runner = (run: string, ahead: number) => {
  const env = { GITHUB_RUN_ID: run, PROMO_CLOCK_SKEW: String(ahead * minute) };
  return {
    lock: (inputs: Readonly<Record<string, string>> = {}) =>
      world.run('deployment-lock', { ...place, table: 'deployments', wait: '0s', ...inputs }, { env }),
    shift: (token: string | undefined, inputs: Readonly<Record<string, string>>) => {
      const fence = { 'lock-table': 'deployments', 'fencing-token': token ?? '' };
      const to = { function: functionName, alias: 'latest-prod' };
      return world.run('canary-shift', { ...place, ...fence, ...to, ...inputs }, { env });
    },
    record: (inputs: Readonly<Record<string, string>> = {}) => {
      const all = { ...place, table: 'deployments', status: 'succeeded', project: 'tenants', ...inputs };
      return world.run('record-deployment', all, { env });
    },
    rollback: () => {
      const what = { functions: functionName, alias: 'latest-prod', reason: 'errors rose', force: 'true' };
      return world.run('rollback', { ...what, target: '1' }, { env });
    },
  };
};

test.each([
  [5, -5],
  [-5, 5],
])(
  'of a holder whose clock is off by %i minutes and a rival whose is off by %i, one alone moves the alias at any time',
  async (one, other) => {
    const [holder, rival] = [runner('7001', one), runner('7002', other)];
    const { outputs } = await holder.lock({ lease: '30m' });
    expect(outputs).toMatchObject({
      'acquired-at': '2026-03-03T20:05:00Z',
      'expires-at': '2026-03-03T20:35:00Z',
    });
    const token = outputs['fencing-token'];

    await world.sandbox.clock.advance(29 * minute);
    expect(errorsOf(await rival.lock())).toContain('its lease runs out in 1m, at 2026-03-03T20:35:00Z');
    expect((await holder.shift(token, { version: '2', weight: '10' })).code).toBe(0);

    await world.sandbox.clock.advance(39 * minute);
    expect(errorsOf(await rival.lock())).toContain('it may be taken over from 2026-03-03T21:14:00Z on');
    expect((await holder.shift(token, { version: '2', weight: '50' })).code).toBe(0);

    await world.sandbox.clock.advance(41 * minute);
    const next = (await rival.lock()).outputs['fencing-token'];
    expect(next).toBe('2');
    expect(errorsOf(await holder.shift(token, { version: '2', complete: 'true' }))).toContain(
      'is no longer held with token 1',
    );
    expect(await world.alias()).toBe('1+2@0.5');
  },
);

test('a runner whose clock is off waits as long as it was told to, and no longer', async () => {
  await runner('7001', 0).lock();
  for (const ahead of [5, -5]) {
    const before = world.sandbox.clock.now();
    const run = await runner('7002', ahead).lock({ wait: '2m' });
    expect(errorsOf(run)).toContain('in `prod` after 2m: run 7001');
    expect(world.sandbox.clock.now() - before).toBe(2 * minute);
  }
});

test('records, parameters and the names of kept aliases tell the time of AWS', async () => {
  expect((await runner('7001', 5).record({ 'to-version': 'v1.3.0' })).log).toContain(
    'deployed-at` = 2026-03-03T20:05:00Z',
  );
  await world.sandbox.clock.advance(minute);
  for (const dryRun of ['true', 'false']) {
    const { log } = await runner('7002', -5).record({ 'to-version': 'v1.4.0', 'dry-run': dryRun });
    expect(log).toContain('deployed-at` = 2026-03-03T20:06:00Z');
  }
  await world.meddle('2');
  expect((await runner('7004', 5).rollback()).outputs['incident-alias']).toBe('incident-20260303-200600');
  const backup = { function: functionName, alias: 'latest-prod' };
  const env = { GITHUB_RUN_ID: '7005', PROMO_CLOCK_SKEW: String(-5 * minute) };
  expect((await world.run('backup-alias', backup, { env })).outputs['backup-alias']).toBe(
    'backup-20260303-200600',
  );
});
