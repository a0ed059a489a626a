import { DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, test } from '@jest/globals';
import { errorsOf, type StepOptions } from '../bundle/run.ts';
import { sample } from '../sample.ts';
import { clientConfiguration } from '../sandbox/aws.ts';
import { key, place, type Release, type RolloutWorld, rolloutWorld, table } from './rollout-world.ts';

let world: RolloutWorld;
afterEach(() => world.close());

const minute = 60_000;
const begin = async (release: Release = {}) => {
  world = await rolloutWorld(release);
};
const schedule = (inputs: Readonly<Record<string, string>> = {}, options: StepOptions = {}) =>
  world.run(
    'canary-rollout',
    { ...place, version: '2', plan: '10:5m, 50:5m, 100', driver: 'schedule', table, ...inputs },
    options,
  );
const advance = (inputs: Readonly<Record<string, string>> = {}) =>
  world.run('advance-rollouts', { table, ...inputs });
const later = (minutes: number) => world.sandbox.clock.advance(minutes * minute);

/** Begins a rollout in a job whose runner dies without its post. */
async function jobThatDies(): Promise<void> {
  world.sandbox.clock.hold('test');
  await schedule(
    { driver: 'job' },
    {
      env: { GITHUB_RUN_ID: '6999' },
      started: async (child) => {
        await world.untilAtRest(1);
        child.kill('SIGKILL');
      },
    },
  );
  world.sandbox.clock.release('test');
}

test('20 steps of 10 minutes by schedule, and no runner waits', async () => {
  await begin();
  const first = await schedule({ plan: 'linear 5% every 10m' });
  expect(errorsOf(first)).toBe('');
  expect(first).toMatchObject({
    code: 0,
    outputs: { outcome: 'scheduled', weight: '5', decision: '', 'stable-version': '1', rollout: key },
  });
  expect(await world.alias()).toBe('1+2@0.05');
  const weights = [5];
  for (let calls = 0; calls < 30 && weights.at(-1) !== 100; calls++) {
    await later(weights.length === 1 ? 16 : 13);
    const before = world.sandbox.clock.now();
    const run = await advance();
    expect(errorsOf(run)).toBe('');
    expect(world.sandbox.clock.now()).toBe(before);
    weights.push(Number((await world.item())?.weight));
    if (weights.at(-1) !== 100)
      expect(run.outputs).toMatchObject({ advanced: '1', waiting: '0', undone: '0' });
    else expect(run.outputs).toMatchObject({ completed: '1', advanced: '0' });
  }
  expect(weights).toEqual(Array.from({ length: 20 }, (_, index) => 5 * (index + 1)));
  expect(await world.alias()).toBe('2');
  expect(await world.item()).toMatchObject({
    rollout_status: 'completed',
    from_version: '1',
    to_version: '2',
  });
  expect((await world.item('rollouts#running'))?.members).toBeUndefined();
  expect((await advance()).log).not.toContain('tenant-service');
}, 180_000);

describe('each call', () => {
  test('keeps a weight whose bake is not over, and says what was seen', async () => {
    await begin();
    await schedule();
    await later(8);
    const run = await advance();
    expect(run).toMatchObject({ code: 0, outputs: { waiting: '1', advanced: '0' } });
    expect(run.log).toMatch(/10%, step 1 of 2, look \d+, .*2 of 5 minutes have settled/);
    expect(await world.alias()).toBe('1+2@0.1');
  });

  test('rises by one step at most, however late it comes', async () => {
    await begin();
    await schedule();
    await later(600);
    expect((await advance()).outputs.advanced).toBe('1');
    expect(await world.alias()).toBe('1+2@0.5');
    expect((await advance()).outputs.waiting).toBe('1');
  });

  test('undoes a bad canary, and fails so that somebody looks', async () => {
    await begin({ canary: { 'error-rate': '10%' } });
    await schedule();
    await later(10);
    const run = await advance();
    expect(run).toMatchObject({ code: 1, outputs: { undone: '1', failed: '0' } });
    expect(errorsOf(run)).toMatch(/was undone after 10%; version 1 has all requests\..*times as often/);
    expect(await world.alias()).toBe('1');
    expect(await world.item()).toMatchObject({ rollout_status: 'undone', weight: '0' });
    expect((await world.item())?.reason).toContain('times as often');
    expect(JSON.parse(run.outputs.report ?? '')[0]).toMatchObject({
      id: key,
      became: 'undone',
      report: { decision: 'fail', verdict: 'rollback' },
    });
    expect((await advance()).code).toBe(0);
  });

  test('undoes what it is asked to, by function or by key', async () => {
    await begin();
    await schedule();
    const other = await advance({ undo: 'other-service' });
    expect(other.outputs.undone).toBe('0');
    expect(other.annotations).toMatchObject([
      { level: 'warning', message: expect.stringContaining(`Under way when this began: \`${key}\`.`) },
    ]);
    const run = await advance({ undo: place.function });
    expect(run.outputs.undone).toBe('1');
    expect(await world.alias()).toBe('1');
    await schedule();
    expect((await advance({ undo: key })).outputs.undone).toBe('1');
    expect((await world.item())?.rollout_generation).toBe('2');
  });

  test('is for one environment where one is given', async () => {
    await begin();
    await schedule({ environment: 'prod', service: 'tenants' });
    await later(12);
    expect((await advance({ environment: 'sit' })).outputs).toMatchObject({ advanced: '0', waiting: '0' });
    expect((await advance({ environment: 'prod' })).outputs.advanced).toBe('1');
    expect((await world.item('rollout#prod#tenants#tenant-service#latest-prod'))?.environment).toBe('prod');
  });

  test('changes nothing on a dry run', async () => {
    await begin();
    await schedule();
    await later(12);
    const before = await world.item();
    const run = await advance({ 'dry-run': 'true' });
    expect(run.log).toContain('would be looked at, at 10%');
    expect(await world.item()).toEqual(before);
    expect(await world.alias()).toBe('1+2@0.1');
  });

  test('leaves alone what someone else moved', async () => {
    await begin();
    await schedule();
    await world.meddle('3');
    const run = await advance();
    expect(run).toMatchObject({ code: 1, outputs: { failed: '1' } });
    expect(errorsOf(run)).toContain('Someone else sent the requests to version 3');
    expect(await world.alias()).toBe('3');
    expect((await world.item())?.rollout_status).toBe('superseded');
  });

  test('keeps a weight outside of the window, and goes on when it opens', async () => {
    await begin();
    const windows = 'Tue 22:00-22:10\nTue 23:00-23:59';
    const zone = { 'time-zone': 'Africa/Johannesburg', 'when-window-closes': 'hold' };
    expect((await schedule({ windows, ...zone })).outputs.outcome).toBe('scheduled');
    await later(20);
    const run = await advance();
    expect(run.outputs.waiting).toBe('1');
    expect(run.log).toContain('keeps 10%. Closed');
    await later(35);
    expect((await advance()).outputs.advanced).toBe('1');
  });
});

describe('a job that died', () => {
  test('keeps its rollout while its lease lasts, and is undone after that', async () => {
    await begin();
    await jobThatDies();
    expect(await world.alias()).toBe('1+2@0.1');
    const early = await advance();
    expect(early).toMatchObject({ code: 0, outputs: { waiting: '1' } });
    expect(early.log).toContain('run 6999, job deploy is driving it');
    await later(6);
    const run = await advance();
    expect(run.outputs.undone).toBe('1');
    expect(errorsOf(run)).toMatch(/The run that drove it ended before it did: https:.*\/6999/);
    expect(await world.alias()).toBe('1');
  });

  test('is finished where the policy says so, step by step', async () => {
    await begin();
    await jobThatDies();
    const finish = { 'when-job-died': 'finish' };
    await later(12);
    expect((await advance(finish)).outputs).toMatchObject({ advanced: '1', undone: '0' });
    expect(await world.alias()).toBe('1+2@0.5');
    await later(12);
    expect((await advance(finish)).outputs.completed).toBe('1');
    expect(await world.alias()).toBe('2');
  });

  test('does not let another run in while its lease lasts', async () => {
    await begin();
    await jobThatDies();
    const run = await schedule();
    expect(errorsOf(run)).toMatch(
      /run 6999, job deploy is driving the same rollout.*again after 2026-03-03T20:1/,
    );
    await later(6);
    expect((await schedule()).outputs.outcome).toBe('scheduled');
    await later(10);
    expect((await advance()).outputs.advanced).toBe('1');
  });

  test('that wakes up again after another took over touches nothing any more', async () => {
    await begin();
    world.sandbox.clock.hold('test');
    const run = await schedule(
      { driver: 'job' },
      {
        env: { GITHUB_RUN_ID: '6999' },
        started: async () => {
          await world.untilAtRest(1);
          await seizeLease();
          world.sandbox.clock.release('test');
        },
      },
    );
    expect(run.code).toBe(1);
    expect(errorsOf(run)).toMatch(/driven by another run by now.*changes nothing any more/);
    expect(await world.alias()).toBe('1+2@0.1');
    expect(world.moves()).toHaveLength(1);
  });

  /** Writes the item as another run does that takes the rollout over. */
  async function seizeLease(): Promise<void> {
    const client = new DynamoDBClient(clientConfiguration(world.sandbox));
    const item = await world.item();
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { deployment_id: { S: key } },
        UpdateExpression: 'SET rollout_version = :version, rollout_fence = :fence, lease_owner = :owner',
        ExpressionAttributeValues: {
          ':version': { N: String(Number(item?.rollout_version) + 1) },
          ':fence': { N: String(Number(item?.rollout_fence) + 1) },
          ':owner': { S: 'another run' },
        },
      }),
    );
    client.destroy();
  }
});

describe('a rollout under way', () => {
  test('is gone on with by the same version, and is in the way of another', async () => {
    await begin();
    await schedule();
    const again = await schedule();
    expect(again).toMatchObject({ code: 0, outputs: { outcome: 'scheduled', weight: '10' } });
    expect(world.moves()).toHaveLength(1);
    const other = await schedule({ version: '3' });
    expect(other.code).toBe(1);
    expect(errorsOf(other)).toMatch(
      /: a rollout of version 2, begun by https.* is under way.*advance-rollouts `undo/,
    );
    expect(await world.alias()).toBe('1+2@0.1');
  });

  test('is not undone because the job that began it fails later', async () => {
    await begin();
    const main = await schedule();
    await schedule({}, { postOf: main });
    expect(await world.alias()).toBe('1+2@0.1');
  });
});

describe('on bad days', () => {
  test('wherever Lambda, CloudWatch or the table dies, the next calls bring it to an end', async () => {
    const deaths = [
      ['lambda', 5],
      ['dynamodb', 3],
      ['monitoring', 1],
      ['lambda', 1],
      ['dynamodb', 2],
      ['dynamodb', 5],
    ] as const;
    for (const [service, nth] of sample(deaths, 1)) {
      await begin();
      await schedule({ plan: '50:5m, 100' });
      await later(12);
      world.sandbox.inject({ service, nth, times: 2_000, drop: 'after' });
      const bad = await advance();
      expect(errorsOf(bad)).not.toContain('bug in promo-actions');
      await fetch(`${world.sandbox.url}/_sandbox/faults`, { method: 'DELETE' });
      for (let calls = 0; calls < 3; calls++) {
        await later(6);
        await advance();
      }
      const status = (await world.item())?.rollout_status;
      expect([service, nth, status]).toEqual([service, nth, expect.stringMatching(/completed|undone/)]);
      expect(await world.alias()).toBe(status === 'completed' ? '2' : '1');
      await world.close();
    }
    await begin();
  }, 180_000);

  test('an item that is none is told, and the others go on', async () => {
    await begin({
      world: {
        dynamodb: [
          {
            account: 'prod',
            table,
            key: 'deployment_id',
            items: [{ deployment_id: 'rollout###broken#live', rollout: '{}', rollout_status: 'running' }],
          },
        ],
      },
    });
    const client = new DynamoDBClient(clientConfiguration(world.sandbox));
    await client.send(
      new UpdateItemCommand({
        TableName: table,
        Key: { deployment_id: { S: 'rollouts#running' } },
        UpdateExpression: 'ADD members :broken',
        ExpressionAttributeValues: { ':broken': { SS: ['rollout###broken#live|1'] } },
      }),
    );
    client.destroy();
    await schedule();
    await later(12);
    const run = await advance();
    expect(errorsOf(run)).toMatch(
      /`rollout###broken#live`.*no rollout that this release can read.*delete the item/,
    );
    expect(run.outputs).toMatchObject({ advanced: '1', failed: '1' });
  });

  test('a missing table, or none given, is told', async () => {
    await begin();
    expect(errorsOf(await advance({ table: 'nowhere' }))).toMatch(/no table `nowhere`.*create-table/);
    const none = await world.run('advance-rollouts', { 'dry-run': 'perhaps' });
    expect(errorsOf(none)).toMatch(/^ {2}table: is missing[\s\S]*^ {2}dry-run: got/m);
  });
});
