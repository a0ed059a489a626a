import { afterEach, describe, expect, test } from '@jest/globals';
import { errorsOf, type StepOptions, type StepRun } from '../bundle/run.ts';
import { sample } from '../sample.ts';
import { key, place, type Release, type RolloutWorld, rolloutWorld, table } from './rollout-world.ts';

let world: RolloutWorld;
afterEach(() => world.close());

const inputsOf = { ...place, version: '2', plan: '10:5m, 50:5m, 100' };
const rollOut = (inputs: Readonly<Record<string, string>> = {}, options: StepOptions = {}) =>
  world.run('canary-rollout', { ...inputsOf, ...inputs }, options);
const post = (postOf: StepRun) => rollOut({}, { postOf });
const begin = async (release: Release = {}) => {
  world = await rolloutWorld(release);
};
const writes = () =>
  world.sandbox
    .journal()
    .map(({ operation }) => operation)
    .filter((name) => /^(Update|Put|Create|Delete)/.test(name));

/** Starts a rollout in a world whose time stands still, and lets something happen once the alias was changed. */
async function meanwhile(
  happens: (child: { kill(signal: NodeJS.Signals): unknown }) => unknown,
  inputs: Readonly<Record<string, string>> = {},
): Promise<StepRun> {
  world.sandbox.clock.hold('test');
  return rollOut(inputs, {
    started: async (child) => {
      await world.untilAtRest(world.moves().length + 1);
      await happens(child);
      world.sandbox.clock.release('test');
    },
  });
}

test('nothing is shifted by a run that does not hold the lock', async () => {
  await begin();
  const lock = { environment: 'prod', service: 'tenant-service', 'lock-table': table, 'fencing-token': '4' };
  const run = await rollOut(lock);
  expect(run.code).toBe(1);
  expect(errorsOf(run)).toMatch(/lock/);
  expect([await world.alias(), world.moves()]).toEqual(['1', []]);
  const missing = await rollOut({ 'fencing-token': '4' });
  expect(errorsOf(missing)).toContain('lock-table: is missing; `fencing-token` needs it to find the lock.');
});

test('the lock is kept through a bake that lasts longer than the lease', async () => {
  await begin();
  const subject = { environment: 'prod', service: 'tenant-service' };
  const lock = (GITHUB_RUN_ID: string, inputs: Readonly<Record<string, string>>) =>
    world.run('deployment-lock', { ...subject, table, ...inputs }, { env: { GITHUB_RUN_ID } });
  const held = await lock('7001', { lease: '2m' });
  const token = { ...subject, 'lock-table': table, 'fencing-token': held.outputs['fencing-token'] ?? '' };
  const [run, other] = await Promise.all([
    rollOut({ plan: '10:25m, 100', early: 'false', ...token }),
    lock('7002', { wait: '20m' }),
  ]);
  expect([run.code, errorsOf(run)]).toEqual([0, '']);
  expect(errorsOf(other)).toContain('run 7001 of example/tenant-service');
  expect(await world.alias()).toBe('2');
});

describe('a good release', () => {
  test('goes through 10 and 50 to all requests, each weight held until its bake has settled', async () => {
    await begin();
    const run = await rollOut();
    expect(errorsOf(run)).toBe('');
    expect(run).toMatchObject({
      code: 0,
      outputs: {
        outcome: 'completed',
        decision: 'pass',
        verdict: 'promote',
        weight: '100',
        'stable-version': '2',
        'canary-version': '2',
        changed: 'true',
      },
    });
    expect(await world.alias()).toBe('2');
    expect(world.moves()).toEqual([0, 11, 19]);
    const report = JSON.parse(run.outputs.report ?? '');
    expect(report.rollout.weights.map(({ weight }: { weight: number }) => weight)).toEqual([0, 10, 50, 100]);
    expect(report.minutes).toHaveLength(13);
    expect(run.summary).toMatch(/canary-rollout: pass[\s\S]*\| 50% \| 2026-03-03T20:16:20Z \| 8m \|/);
    expect(run.outputs.chart).toContain('Weight of the canary');
    expect(run.log).toMatch(/^10%, step 1 of 2, look \d+, .* canary [\d,]+ invocations/m);
  });

  test('again has nothing to do', async () => {
    await begin({ aliases: { [place.alias]: '2' } });
    const run = await rollOut();
    expect(run).toMatchObject({
      code: 0,
      outputs: { outcome: 'unchanged', changed: 'false', weight: '100' },
    });
    expect(writes()).toEqual([]);
  });

  test('a dry run tells the plan and changes nothing', async () => {
    await begin();
    const run = await rollOut({ 'dry-run': 'true', table, driver: 'schedule' });
    expect(run).toMatchObject({ code: 0, outputs: { outcome: 'planned', changed: 'false', weight: '0' } });
    expect(run.log).toMatch(/goes from version 1 to 2 by `10:5m, 50:5m, 100`.*at the earliest done at/);
    expect(writes()).toEqual([]);
  });

  test('goes faster where only configuration changes, and early where the evidence suffices', async () => {
    await begin();
    const run = await rollOut({ plan: '50:10m, 100', 'configuration-only': 'true' });
    expect(run.log).toContain('by `50:5m, 100`');
    expect(world.minutes()).toBeLessThan(12);
    await world.close();
    await begin({ traffic: { 'requests-per-minute': 60_000, 'error-rate': '0.5%' } });
    const early = await rollOut({ plan: '50:30m, 100', 'promote-early': 'true' });
    expect(early.outputs.outcome).toBe('completed');
    expect(world.minutes()).toBeLessThan(25);
  });
});

describe('is undone', () => {
  test('where the canary fails five times as often: all requests are back on the stable version', async () => {
    await begin({ traffic: { 'error-rate': '1%' }, canary: { 'error-rate': '5%' } });
    const run = await rollOut({ 'max-error-rate': '2%' });
    expect(run.code).toBe(1);
    expect(run.outputs).toMatchObject({
      outcome: 'undone',
      decision: 'fail',
      verdict: 'rollback',
      weight: '0',
      'stable-version': '1',
    });
    expect(errorsOf(run)).toMatch(/was undone after 10%; version 1 has all requests\..*times as often/);
    expect(await world.alias()).toBe('1');
    expect(world.moves()).toHaveLength(2);
    expect(world.minutes()).toBeLessThan(16);
  });

  test('at the second weight, where the canary only then goes bad', async () => {
    await begin({ canary: { 'error-rate': '8%', from: '14m' } });
    const run = await rollOut();
    expect(run.outputs).toMatchObject({ outcome: 'undone', verdict: 'rollback' });
    expect(errorsOf(run)).toContain('undone after 50%');
    expect(await world.alias()).toBe('1');
    expect(world.moves()[1]).toBe(11);
  });

  test('at the first look where it answers badly', async () => {
    await begin({ code: 'unhealthy' });
    const run = await rollOut({ 'health-payload': '{}' });
    expect(run.outputs.outcome).toBe('undone');
    expect(errorsOf(run)).toContain('answered the health payload with 503');
    expect(world.moves()).toEqual([0, 0]);
  });

  test('where an alarm goes off', async () => {
    await begin({
      world: {
        alarms: [
          { account: 'prod', name: 'old', state: 'ALARM' },
          { account: 'prod', name: 'new', changes: [{ at: '2026-03-03T20:08:00Z', state: 'ALARM' }] },
        ],
      },
    });
    const run = await rollOut({ alarms: 'old, new' });
    expect(errorsOf(run)).toMatch(/Alarm `new` went into ALARM/);
    expect(world.moves()).toEqual([0, 3]);
  });

  test('where too little was seen, after having been given more time', async () => {
    await begin({ traffic: { 'requests-per-minute': 20 } });
    const run = await rollOut({ 'max-hold': '10m' });
    expect(run.code).toBe(1);
    expect(run.outputs).toMatchObject({ outcome: 'undone', verdict: 'hold' });
    expect(errorsOf(run)).toMatch(
      /\d+ of 100 invocations .* would need about \d+ minutes more.*given 10m more/,
    );
    expect(await world.alias()).toBe('1');
    expect(world.minutes()).toBeGreaterThan(20);
  });

  test('at its time limit', async () => {
    await begin({ traffic: { 'requests-per-minute': 20 } });
    const run = await rollOut({ 'time-limit': '25m' });
    expect(errorsOf(run)).toContain('The rollout had not ended by 2026-03-03T20:30:20Z.');
    expect(await world.alias()).toBe('1');
  });

  test('where it cannot be watched', async () => {
    await begin();
    world.sandbox.inject({
      service: 'monitoring',
      operation: 'GetMetricData',
      status: 403,
      code: 'AccessDenied',
    });
    const run = await rollOut();
    expect(errorsOf(run)).toMatch(/not be watched 3 times in a row.*`cloudwatch:GetMetricData`/);
    expect(await world.alias()).toBe('1');
  });
});

describe('little traffic', () => {
  test('extends the bake until enough was seen', async () => {
    await begin({ traffic: { 'requests-per-minute': 100 } });
    const run = await rollOut();
    expect(run.outputs.outcome).toBe('completed');
    expect(world.moves()[1]).toBeGreaterThan(12);
  });

  test('is let pass with a note where that is asked', async () => {
    await begin({ traffic: { 'requests-per-minute': 0 } });
    const run = await rollOut({ 'on-hold': 'pass' });
    expect(run.outputs.outcome).toBe('completed');
    expect(run.log).toMatch(/10% was left without enough evidence.*no traffic/);
  });
});

describe('interrupted', () => {
  test.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s it is undone before the process ends; its post finds nothing to do',
    async (signal) => {
      await begin();
      const run = await meanwhile((child) => child.kill(signal));
      expect(run.code).toBe(1);
      expect(errorsOf(run)).toContain('The run was cancelled.');
      expect(await world.alias()).toBe('1');
      expect((await post(run)).log).toContain('left as it is');
      expect(world.moves()).toEqual([0, 0]);
    },
  );

  test('by a kill it is undone by its post', async () => {
    await begin();
    const run = await meanwhile((child) => child.kill('SIGKILL'));
    expect(run.signal).toBe('SIGKILL');
    expect(await world.alias()).toBe('1+2@0.1');
    expect((await post(run)).annotations[0]?.message).toMatch(/taken back from version 1 with 10%/);
    expect(await world.alias()).toBe('1');
  });

  test('by a kill of the whole runner it goes on when it is run again', async () => {
    await begin();
    await meanwhile((child) => child.kill('SIGKILL'));
    const run = await rollOut();
    expect(run.log).toContain('Version 2 carries 10% already, from an attempt that did not end.');
    expect(run.outputs.outcome).toBe('completed');
    expect(await world.alias()).toBe('2');
  });

  test('kept in a table, it goes on at the weight it had', async () => {
    await begin();
    await meanwhile((child) => child.kill('SIGKILL'), { table });
    expect(await world.item()).toMatchObject({ rollout_status: 'running', rollout_driver: 'job' });
    const run = await rollOut({ table });
    expect(run.log).toContain('An earlier run');
    expect(run.outputs.outcome).toBe('completed');
    expect(world.moves()).toEqual([0, 11, 19]);
    expect(await world.item()).toMatchObject({ rollout_status: 'completed', weight: '100' });
    expect((await world.item(key))?.lease_owner).toBeUndefined();
  });

  test('kept in a table and undone by others since, it is in nobody’s way', async () => {
    await begin();
    await meanwhile((child) => child.kill('SIGKILL'), { table });
    const early = await rollOut({ table, version: '3' }, { env: { GITHUB_RUN_ID: '9001' } });
    expect(errorsOf(early)).toContain('a rollout of version 2');
    await world.meddle('1');
    await world.sandbox.clock.advance(6 * 60_000);
    const run = await rollOut({ table, version: '3', plan: '100' }, { env: { GITHUB_RUN_ID: '9001' } });
    expect([run.outputs.outcome, await world.alias()]).toEqual(['completed', '3']);
    const after = await world.run('advance-rollouts', { table });
    expect([after.code, await world.alias()]).toEqual([0, '3']);
  });

  test('a job that failed later takes its completion back, unless that is not wanted', async () => {
    await begin();
    await post(await rollOut({ plan: '100' }));
    expect(await world.alias()).toBe('1');
    await post(await rollOut({ plan: '100', post: 'keep' }));
    expect(await world.alias()).toBe('2');
  });

  test.each([
    ['lambda', sample([8, 4, 12, 1, 2, 3, 6, 10, 14, 20], 1)],
    ['dynamodb', sample([3, 1, 5], 1)],
    ['monitoring', sample([3, 1], 1)],
  ])('wherever %s dies, the post ends on one version', async (service, dying) => {
    for (const call of dying) {
      await begin();
      world.sandbox.inject({ service, nth: call, times: 2_000, drop: 'after' });
      const main = await rollOut({ plan: '50:5m, 100', warmup: '0s', table });
      await fetch(`${world.sandbox.url}/_sandbox/faults`, { method: 'DELETE' });
      expect(errorsOf(main)).not.toContain('bug in promo-actions');
      const reads = main.code === 0 ? '2' : '1';
      if (main.code !== 0) await post(main);
      expect([call, await world.alias()]).toEqual([call, reads]);
      if (call !== dying.at(-1)) await world.close();
    }
  });
});

describe('where someone else moves the alias', () => {
  test.each<[string, string, Record<string, number>, string, string]>([
    ['to another canary', '1', { 3: 0.2 }, 'superseded', '1+3@0.2'],
    ['to another version', '3', {}, 'superseded', '3'],
    ['to the new version', '2', {}, 'superseded', '2'],
    ['back', '1', {}, 'undone', '1'],
    ['to another weight', '1', { 2: 0.7 }, 'undone', '1'],
  ])('%s', async (_, version, weights, outcome, reads) => {
    await begin();
    const run = await meanwhile(() => world.meddle(version, weights));
    expect(run.code).toBe(1);
    expect(run.outputs).toMatchObject({ outcome });
    expect(errorsOf(run)).toContain('Someone else');
    expect(await world.alias()).toBe(reads);
    if (reads !== '2') await post(run);
    expect(await world.alias()).toBe(reads);
  });
});

describe('windows', () => {
  const zone = { 'time-zone': 'Africa/Johannesburg' };

  test('outside of them nothing begins unless they are ignored, and it is said when to come back', async () => {
    await begin();
    const run = await rollOut({ ...zone, windows: 'Thu 22:00-02:00' });
    expect(run.code).toBe(1);
    expect(run.outputs).toMatchObject({ outcome: 'refused', decision: 'fail', changed: 'false' });
    expect(errorsOf(run)).toMatch(/Closed: .*Dispatch it again at Thu 2026-03-05 22:00/);
    const planned = { ...zone, windows: 'Thu 22:00-02:00', freezes: 'Tue', 'dry-run': 'true' };
    expect((await rollOut(planned)).outputs.outcome).toBe('refused');
    expect((await rollOut({ ...planned, 'ignore-windows': 'true' })).outputs.outcome).toBe('planned');
    expect(writes()).toEqual([]);
  });

  test('a plan that does not fit into what is left is refused', async () => {
    await begin();
    const run = await rollOut({ ...zone, windows: 'Tue 22:00-22:20\nThu 22:00-02:00' });
    expect(errorsOf(run)).toMatch(/closes .*in 15m\. The rollout needs .* Dispatch it again at Thu/);
    expect(writes()).toEqual([]);
  });

  test('one that closes on a held canary undoes it', async () => {
    await begin({ traffic: { 'requests-per-minute': 10 } });
    const run = await rollOut({ ...zone, windows: 'Tue 22:00-22:40' });
    expect(errorsOf(run)).toContain('Closed: outside of `Tue 22:00-22:40`');
    expect(world.moves()).toEqual([0, 35]);
    expect(await world.alias()).toBe('1');
  });

  test('a weight is kept until the next opening where that is asked', async () => {
    await begin();
    const windows = 'Tue 22:00-22:10\nTue 23:00-23:59';
    const run = await rollOut({ ...zone, windows, 'when-window-closes': 'hold' });
    expect(run.outputs.outcome).toBe('completed');
    expect(world.moves()[1]).toBe(55);
    expect(run.log).toContain('Version 2 keeps 10%. Closed: outside of');
  });
});

describe('hooks', () => {
  test('that say yes let pass, before the first request and before the stable version is let go', async () => {
    await begin();
    const hooks = { 'before-traffic': 'say-yes', 'after-traffic': 'say-yes:1' };
    const run = await rollOut({ plan: '50:1m, 100', ...hooks });
    expect(run.outputs.outcome).toBe('completed');
    const weights = JSON.parse(run.outputs.report ?? '').rollout.weights;
    expect(weights.map(({ weight }: { weight: number }) => weight)).toEqual([0, 50, 100]);
    expect(run.log).toMatch(
      /hook before traffic said yes[\s\S]*100% on version 2[\s\S]*after traffic said yes[\s\S]*to version 2\./,
    );
  });

  test('a no before traffic begins nothing, a no after traffic undoes', async () => {
    await begin();
    const before = await rollOut({ 'before-traffic': 'say-no' });
    expect(before.outputs.outcome).toBe('refused');
    expect(errorsOf(before)).toContain('The hook before traffic said no: the stock is being counted');
    expect(world.moves()).toEqual([]);
    const after = await rollOut({ plan: '100', 'after-traffic': 'say-no' });
    expect(after.outputs.outcome).toBe('undone');
    expect(await world.alias()).toBe('1');
    expect(world.moves()).toHaveLength(2);
  });

  test('one that is not there is told', async () => {
    await begin();
    const run = await rollOut({ 'before-traffic': 'nobody' });
    expect(run.code).toBe(1);
    expect(errorsOf(run)).toMatch(/`nobody:\$LATEST` could not be invoked.*ResourceNotFoundException/);
    expect(world.moves()).toEqual([]);
  });
});

describe('is refused', () => {
  test('with every wrong input at once, and nothing called', async () => {
    await begin();
    const wrong = {
      function: 'a b',
      alias: '7',
      version: '$LATEST',
      plan: '50:5m, 10:0s',
      driver: 'cron',
      judge: 'oracle',
      alpha: '0.7',
      interval: '0s',
      'time-limit': '0s',
      'on-hold': 'wait',
      windows: 'Tue',
      'when-window-closes': 'sleep',
      'before-traffic': 'ftp://x',
      'health-payload': '{',
      post: 'undo',
    };
    const run = await rollOut(wrong);
    expect(run.code).toBe(1);
    for (const input of Object.keys(wrong).filter((name) => name !== 'windows'))
      expect(errorsOf(run)).toMatch(new RegExp(`^  ${input}: `, 'm'));
    expect(errorsOf(run)).toContain('column 8: 10% falls below the 50% before it');
    expect(world.sandbox.journal()).toEqual([]);
  });

  test('a plan that its time limit cuts short', async () => {
    await begin();
    const run = await rollOut({ 'time-limit': '15m' });
    expect(run.outputs).toMatchObject({ outcome: 'refused', decision: 'fail', changed: 'false' });
    expect(errorsOf(run)).toMatch(
      /`10:5m, 50:5m, 100` takes at least \d+m.* and `time-limit` leaves it 15m\. Give it longer/,
    );
    expect(writes()).toEqual([]);
  });

  test.each([
    ['a schedule without a table', { driver: 'schedule' }, /table: is missing/],
    ['a window without a zone', { windows: 'Tue 22:00-02:00' }, /windows: .* names no time zone/],
    ['a canary equal to stable', { 'expected-stable-version': '2' }, /version: is 2, which is also/],
    [
      'an early end without evidence',
      { judge: 'guard', 'promote-early': 'true' },
      /promote-early: needs the judge/,
    ],
  ])('%s', async (_, inputs, message) => {
    await begin();
    const run = await rollOut(inputs);
    expect(errorsOf(run)).toMatch(message);
    expect(world.sandbox.journal()).toEqual([]);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['an unknown version', { version: '9' }, /no version 9.*list-versions-by-function/],
    ['an unknown alias', { alias: 'live' }, /no alias `live`.*list-aliases/],
    ['an unknown function', { function: 'tenants' }, /`tenants`.*list-functions/],
    ['an unknown alarm', { alarms: 'missing' }, /`missing`.*no alarm of that name/],
    [
      'an alias that was moved',
      { 'expected-stable-version': '3' },
      /stable version is 1, and 3 was expected/,
    ],
    ['an unknown table', { table: 'nowhere' }, /There is no table `nowhere`.*create-table/],
  ])('%s, and nothing is changed', async (_, inputs, message) => {
    await begin();
    const run = await rollOut(inputs);
    expect(run.code).toBe(1);
    expect(errorsOf(run)).toMatch(message);
    expect(writes()).toEqual([]);
  });

  test('another rollout on the alias', async () => {
    await begin({ aliases: { [place.alias]: { version: '1', canary: '3', weight: 0.1 } } });
    const run = await rollOut();
    expect(errorsOf(run)).toMatch(/another rollout \(version 1 with 10% on version 3\)/);
    expect(writes()).toEqual([]);
  });
});

test('throttling and lost answers are outlasted', async () => {
  await begin();
  const throttled = { status: 429, code: 'TooManyRequestsException' };
  world.sandbox.inject({ service: 'lambda', operation: 'GetAlias', nth: 3, times: 2, ...throttled });
  world.sandbox.inject({ service: 'lambda', operation: 'UpdateAlias', nth: 1, times: 1, drop: 'after' });
  world.sandbox.inject({ service: 'dynamodb', operation: 'PutItem', nth: 2, times: 1, drop: 'after' });
  const run = await rollOut({ table });
  expect(run.outputs.outcome).toBe('completed');
  expect(await world.alias()).toBe('2');
});
