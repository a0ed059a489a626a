import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient, GetMetricDataCommand, ListMetricsCommand } from '@aws-sdk/client-cloudwatch';
import { InvokeCommand, LambdaClient, UpdateAliasCommand } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox, type World } from '@promo-actions/sandbox';
import { aws, clientConfiguration, hasAwsCli } from './aws.ts';

const START = Date.parse('2026-03-03T20:00:00Z');
const MINUTE = 60_000;
const FunctionName = 'tenant-service';
const alias = { FunctionName, Resource: `${FunctionName}:latest-prod` };

let folder: string;
let sandbox: Sandbox;
let lambda: LambdaClient;
let cloudWatch: CloudWatchClient;

async function start(traffic: object, seed = 1): Promise<void> {
  const world: World = {
    accounts: { prod: { id: '222222222222', region: 'af-south-1' } },
    lambda: [
      {
        account: 'prod',
        function: FunctionName,
        versions: [{ code: 'one' }, { code: 'two' }],
        aliases: { 'latest-prod': '1' },
      },
    ],
    traffic: [
      {
        account: 'prod',
        function: FunctionName,
        alias: 'latest-prod',
        'requests-per-minute': 600,
        ...traffic,
      },
    ],
  };
  sandbox = await startSandbox({ start: '2026-03-03T20:00:00Z', folder, seed, world });
  lambda = new LambdaClient(clientConfiguration(sandbox));
  cloudWatch = new CloudWatchClient(clientConfiguration(sandbox));
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'traffic-'));
  for (const name of ['one', 'two']) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'index.js'), `exports.handler = async () => '${name}';`);
  }
});
afterEach(async () => {
  lambda.destroy();
  cloudWatch.destroy();
  await sandbox.close();
  await rm(folder, { recursive: true });
});

const shift = (weight: number) =>
  lambda.send(
    new UpdateAliasCommand({
      FunctionName,
      Name: 'latest-prod',
      FunctionVersion: '1',
      RoutingConfig: { AdditionalVersionWeights: weight === 0 ? {} : { '2': weight } },
    }),
  );

/** The values of one metric from minutes after the start to minutes after it, oldest first. */
async function values(
  MetricName: string,
  dimensions: Readonly<Record<string, string>>,
  { from = -10, to = 60, Stat = 'Sum', Period = 60 } = {},
): Promise<readonly number[]> {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const { MetricDataResults } = await cloudWatch.send(
    new GetMetricDataCommand({
      MetricDataQueries: [
        {
          Id: 'm',
          MetricStat: { Metric: { Namespace: 'AWS/Lambda', MetricName, Dimensions }, Period, Stat },
        },
      ],
      StartTime: new Date(START + from * MINUTE),
      EndTime: new Date(START + to * MINUTE),
      ScanBy: 'TimestampAscending',
    }),
  );
  return MetricDataResults?.[0]?.Values ?? [];
}
const sum = (list: readonly number[]) => list.reduce((total, value) => total + value, 0);

describe("a canary's metrics", () => {
  test('follow the weight from the minute it is set, and add up over the dimension sets', async () => {
    await start({ 'error-rate': '1%', versions: { '2': { 'error-rate': '20%' } } });
    await shift(0.1);
    await sandbox.clock.advance(12 * MINUTE);
    const [stable, canary] = [
      { ...alias, ExecutedVersion: '1' },
      { ...alias, ExecutedVersion: '2' },
    ];
    expect(await values('Invocations', canary, { from: -10, to: 0 })).toEqual([]);
    expect(await values('Invocations', stable, { from: -10, to: 0 })).toHaveLength(10);
    const invocations = {
      stable: await values('Invocations', stable, { from: 0 }),
      canary: await values('Invocations', canary),
    };
    expect(invocations.canary).toHaveLength(10);
    const whole = await values('Invocations', alias, { from: 0 });
    expect(whole).toEqual(invocations.stable.map((count, index) => count + (invocations.canary[index] ?? 0)));
    expect(await values('Invocations', { FunctionName }, { from: 0 })).toEqual(whole);
    expect(await values('Invocations', {}, { from: 0 })).toEqual(whole);
    expect(sum(invocations.canary) / sum(whole)).toBeCloseTo(0.1, 1);
    const errors = {
      stable: sum(await values('Errors', stable, { from: 0 })),
      canary: sum(await values('Errors', canary)),
    };
    expect(errors.canary / sum(invocations.canary)).toBeGreaterThan(0.1);
    expect(errors.stable / sum(invocations.stable)).toBeLessThan(0.03);
    expect(await values('Errors', canary, { Stat: 'SampleCount' })).toEqual(invocations.canary);
  });

  test('are silent under any other resource', async () => {
    await start({});
    for (const Resource of [
      `${FunctionName}:1`,
      `arn:aws:lambda:af-south-1:222222222222:function:${FunctionName}`,
    ]) {
      expect(await values('Invocations', { FunctionName, Resource })).toEqual([]);
    }
    expect(await values('Invocations', { FunctionName, ExecutedVersion: '1' })).toEqual([]);
    const { Metrics } = await cloudWatch.send(new ListMetricsCommand({ MetricName: 'Invocations' }));
    expect(Metrics?.map(({ Dimensions }) => Dimensions?.map(({ Name }) => Name))).toEqual([
      [],
      ['FunctionName'],
      ['FunctionName', 'Resource'],
      ['FunctionName', 'Resource', 'ExecutedVersion'],
    ]);
  });

  test('appear when their minute has settled, the newest incomplete where the world says so', async () => {
    await start({ late: '50%' });
    await sandbox.clock.advance(2 * MINUTE + 59_000);
    const before = await values('Invocations', alias, { from: -2 });
    expect(before).toHaveLength(2);
    await sandbox.clock.advance(1000);
    const during = await values('Invocations', alias, { from: -2 });
    expect(during).toHaveLength(3);
    await sandbox.clock.advance(MINUTE);
    const after = await values('Invocations', alias, { from: -2 });
    expect(after).toHaveLength(4);
    expect((during[2] ?? 0) / (after[2] ?? 0)).toBeCloseTo(0.5, 0);
    expect(during[2]).toBeLessThan(after[2] ?? 0);
    expect(during.slice(0, 1)).toEqual(after.slice(0, 1));
  });

  test('latency has percentiles and percentile ranks that agree', async () => {
    await start({ latency: { median: '40ms', p95: '120ms' } });
    const period = { from: -120, to: 0, Period: 3600 };
    const [p50 = 0, p95 = 0] = [
      (await values('Duration', alias, { ...period, Stat: 'p50' }))[0],
      (await values('Duration', alias, { ...period, Stat: 'p95' }))[0],
    ];
    expect(p50 / 40).toBeCloseTo(1, 1);
    expect(p95 / 120).toBeCloseTo(1, 1);
    const [rank = 0] = await values('Duration', alias, { ...period, Stat: `PR(:${p95})` });
    expect(rank).toBeCloseTo(95, 1);
    const [average = 0] = await values('Duration', alias, { ...period, Stat: 'Average' });
    expect(average).toBeGreaterThan(p50);
  });

  test('throttles stand beside invocations, not among them', async () => {
    await start({ 'throttle-rate': '10%' });
    const [throttles, invocations] = [
      await values('Throttles', alias, { to: -3 }),
      await values('Invocations', alias, { to: -3 }),
    ];
    expect(sum(throttles) / (sum(throttles) + sum(invocations))).toBeCloseTo(0.1, 1);
    expect(await values('Throttles', { ...alias, ExecutedVersion: '1' })).toEqual([]);
  });

  test('a minute without requests has no datapoint, one with requests has its errors, be they none', async () => {
    await start({ 'requests-per-minute': 1 });
    await sandbox.clock.advance(60 * MINUTE);
    const invocations = await values('Invocations', alias, { from: 0, to: 50 });
    expect(invocations.length).toBeGreaterThan(20);
    expect(invocations.length).toBeLessThan(45);
    expect(await values('Errors', alias, { from: 0, to: 50 })).toEqual(invocations.map(() => 0));
  });

  test('the same seed tells the same story, another another', async () => {
    const stories: (readonly number[])[] = [];
    for (const seed of [7, 7, 8]) {
      await start({}, seed);
      await shift(0.5);
      await sandbox.clock.advance(10 * MINUTE);
      stories.push(await values('Invocations', { ...alias, ExecutedVersion: '2' }));
      if (stories.length < 3) await sandbox.close();
    }
    expect(stories[0]).toEqual(stories[1]);
    expect(stories[2]).not.toEqual(stories[0]);
  });

  test("calls of one's own are counted too", async () => {
    await start({ 'requests-per-minute': 0 });
    const { ExecutedVersion } = await lambda.send(
      new InvokeCommand({ FunctionName, Qualifier: 'latest-prod' }),
    );
    expect(ExecutedVersion).toBe('1');
    await sandbox.clock.advance(3 * MINUTE);
    expect(await values('Invocations', { ...alias, ExecutedVersion: '1' })).toEqual([1]);
    expect(await values('Errors', { FunctionName })).toEqual([0]);
  });

  (hasAwsCli ? test : test.skip)('the AWS CLI reads the statistics of a day', async () => {
    await start({ 'error-rate': '1%' });
    const answer = (await aws(
      sandbox,
      ...['cloudwatch', 'get-metric-statistics', '--namespace', 'AWS/Lambda', '--metric-name', 'Errors'],
      ...['--dimensions', `Name=FunctionName,Value=${FunctionName}`, '--statistics', 'Sum', 'SampleCount'],
      ...['--start-time', '2026-03-02T20:00:00Z', '--end-time', '2026-03-03T20:00:00Z', '--period', '86400'],
    )) as { Datapoints: { Sum: number; SampleCount: number }[] };
    expect(answer.Datapoints).toHaveLength(1);
    const [day] = answer.Datapoints;
    expect((day?.Sum ?? 0) / (day?.SampleCount ?? 1)).toBeCloseTo(0.01, 3);
    expect((day?.SampleCount ?? 0) / (600 * 1438)).toBeCloseTo(1, 2);
  });
});
