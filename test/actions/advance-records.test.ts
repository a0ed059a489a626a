import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from '@jest/globals';
import { type Release, type RolloutWorld, rolloutWorld, place as spot, table } from './rollout-world.ts';

let world: RolloutWorld;
afterEach(() => world.close());

const subject = { environment: 'prod', service: 'tenant-service', table };
const place = { ...subject, ...spot };
const deployment = 'prod/tenant-service/promote/6999-1';
const run = { GITHUB_RUN_ID: '6999', GITHUB_RUN_ATTEMPT: '1' };
const later = (minutes: number) => world.sandbox.clock.advance(minutes * 60_000);
const advance = () => world.run('advance-rollouts', { table, project: 'tenants' });
const recordOf = (status: string) => world.item(`${deployment}/${status}`);

/** A promotion of another run, recorded as begun, that leaves its rollout behind. */
async function begun(release: Release, inputs: Readonly<Record<string, string>>): Promise<void> {
  world = await rolloutWorld(release);
  const start = { ...subject, status: 'started', 'to-version': 'v1.4.0', ticket: 'CHG-101' };
  expect((await world.run('record-deployment', start, { env: run })).code).toBe(0);
  const dies = inputs.driver === 'job';
  if (dies) world.sandbox.clock.hold('test');
  await world.run(
    'canary-rollout',
    { ...place, version: '2', plan: '10:5m, 100', ...inputs },
    {
      env: run,
      ...(dies
        ? {
            started: async (child) => {
              await world.untilAtRest(1);
              child.kill('SIGKILL');
            },
          }
        : {}),
    },
  );
  if (dies) world.sandbox.clock.release('test');
}

test('a promotion whose runner died is recorded as rolled back once its rollout is undone', async () => {
  await begun({}, { driver: 'job' });
  await later(10);
  const done = await advance();
  expect(done.outputs.undone).toBe('1');
  expect(done.log).toContain(`Wrote record 2 \`${deployment}/rolled-back\``);
  expect(await world.alias()).toBe('1');
  expect(await recordOf('rolled-back')).toMatchObject({
    to_version: 'v1.4.0',
    ticket: 'CHG-101',
    reason: expect.stringMatching(/ended before it did: .*6999/),
    components: '[{"name":"tenant-service","version":"1"}]',
  });
  expect((await advance()).log).not.toContain('Wrote');
});

test('one whose runner died before any request was sent to it is recorded as failed', async () => {
  world = await rolloutWorld({});
  await world.run(
    'record-deployment',
    { ...subject, status: 'started', 'to-version': 'v1.4.0' },
    { env: run },
  );
  let runner: ChildProcess | undefined;
  world.sandbox.watch({
    before: async ({ operation, gone }) => {
      if (operation !== 'UpdateAlias') return;
      runner?.kill('SIGKILL');
      if (!gone.aborted) await once(gone, 'abort');
    },
  });
  await world.run(
    'canary-rollout',
    { ...place, version: '2', plan: '10:5m, 100' },
    {
      env: run,
      started: (child) => {
        runner = child;
      },
    },
  );
  world.sandbox.watch(undefined);
  await later(10);
  expect((await advance()).log).toContain(`Wrote record 2 \`${deployment}/failed\``);
  expect(await world.alias()).toBe('1');
  expect(await recordOf('failed')).toMatchObject({ reason: expect.stringContaining('ended before it did') });
});

test('a rollout by schedule is recorded when it completes, though the run that saw it end died before', async () => {
  await begun({}, { driver: 'schedule' });
  await later(14);
  world.sandbox.inject({ service: 'dynamodb', operation: 'PutItem', nth: 4, times: 40, status: 500 });
  const failed = await advance();
  expect(failed).toMatchObject({ code: 1, outputs: { failed: '1' } });
  expect(await world.alias()).toBe('2');
  expect(await recordOf('succeeded')).toBeUndefined();
  world.sandbox.heal();
  await later(10);
  const done = await advance();
  expect(done.log).toContain(`Wrote record 2 \`${deployment}/succeeded\``);
  expect(done.log).toContain('parameter `/tenants/prod/deployed-version` = v1.4.0');
  expect((await world.item('rollouts#running'))?.members).toBeUndefined();
  expect((await advance()).log).toContain('No rollout is under way.');
});
