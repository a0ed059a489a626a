import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetAliasCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, describe, expect, test } from '@jest/globals';
import { runAction } from '../bundle/run.ts';
import { playedWhole, sample } from '../sample.ts';
import { endRehearsals, example, rehearseAndKeep } from './example.ts';

const command = join(process.cwd(), 'build', 'tools', 'promo.mjs');
const key = 'rollout#prod#tenant-service#tenant-service#latest-prod';

/** Scenarios that are undone: after which weight, and what the table gives as the reason. */
const undone: Readonly<Record<string, { after: readonly number[]; reason: RegExp }>> = {
  'rollout-errors': { after: [0, 10, 50, 0], reason: /canary fails in .* times as often/ },
  'rollout-slow': { after: [0, 10, 0], reason: /canary is slower than 500 ms in \d+(\.\d+)?%/ },
  'rollout-low-traffic': {
    after: [0, 10, 0],
    reason: /Insufficient evidence: \d+ of 100 .* would need about \d+ minutes more\..* given 30m more\./,
  },
};

afterEach(endRehearsals);

function optionsOf(endpoint: string) {
  const credentials = { accessKeyId: '222222222222', secretAccessKey: 'any' };
  return { endpoint, region: 'af-south-1', credentials };
}

/** What an outsider sees of production, through the AWS SDK alone. */
async function production(url: string) {
  const alias = await new LambdaClient(optionsOf(url)).send(
    new GetAliasCommand({ FunctionName: 'tenant-service', Name: 'latest-prod' }),
  );
  const { Items = [] } = await new DynamoDBClient(optionsOf(url)).send(
    new ScanCommand({ TableName: 'deployments' }),
  );
  const item = Items.find(({ deployment_id }) => deployment_id?.S === key);
  const running = Items.find(({ deployment_id }) => deployment_id?.S === 'rollouts#running');
  const { state } = JSON.parse(item?.rollout?.S ?? '{}') as {
    state?: { history: readonly { at: number; weight: number }[] };
  };
  const history = state?.history ?? [];
  return {
    version: alias.FunctionVersion,
    weights: alias.RoutingConfig?.AdditionalVersionWeights ?? {},
    status: item?.rollout_status?.S,
    driver: item?.rollout_driver?.S,
    reason: item?.reason?.S,
    running: running?.members?.SS ?? [],
    items: Items.length,
    records: Items.filter(({ status }) => status)
      .sort((one, other) => Number(one.sequence?.N) - Number(other.sequence?.N))
      .map(({ status }) => status?.S),
    course: history.map(({ weight }) => weight),
    /** How long each weight was held, in minutes. */
    held: history.slice(1).map(({ at }, index) => (at - (history[index]?.at ?? at)) / 60_000),
  };
}

describe('a rollout', () => {
  test('of a good version rises by its plan to all requests, and holds each weight for its bake', async () => {
    const { url } = await rehearseAndKeep('rollout-good');
    const seen = await production(url);
    expect(seen).toMatchObject({ version: '2', weights: {}, status: 'completed', running: [] });
    expect(seen.course).toEqual([0, 10, 50, 100]);
    expect(seen.records).toEqual(['started', 'succeeded']);
    expect(Math.min(...seen.held.slice(1))).toBeGreaterThanOrEqual(5);
  });

  test.each(sample(Object.entries(undone), 1))(
    '%s: all requests are back on the stable version, and the table says why',
    async (scenario, { after, reason }) => {
      const { url } = await rehearseAndKeep(scenario);
      const seen = await production(url);
      expect(seen).toMatchObject({ version: '1', weights: {}, status: 'undone', running: [], course: after });
      expect(seen.reason).toMatch(reason);
      expect(seen.records).toEqual(['started', 'rolled-back']);
    },
  );

  playedWhole(() => {
    test.each([
      [
        'is held while both versions fail alike, blames nobody, and goes on',
        'rollout-shared-incident',
        async (log: string, held: number) => {
          expect(log).toMatch(/10%, step 1 of 2, .*: hold, .*is not shown to be worse/);
          expect(held).toBeGreaterThan(15);
        },
      ],
      [
        'is not undone for cold starts, which were there',
        'rollout-cold-start',
        async (_log: string, held: number, url: string) => {
          expect(await coldestMinute(url)).toBeGreaterThan(800);
          expect(held).toBeLessThan(15);
        },
      ],
    ] as const)('%s', async (_, scenario, holds) => {
      const { log, url } = await rehearseAndKeep(scenario);
      const seen = await production(url);
      expect(seen).toMatchObject({ version: '2', weights: {}, status: 'completed' });
      expect(seen.course).toEqual([0, 10, 50, 100]);
      await holds(log, seen.held[1] ?? Number.NaN, url);
    });
  });

  /** The highest p95 of the new version's minutes, in milliseconds. */
  async function coldestMinute(url: string): Promise<number> {
    const { Datapoints = [] } = await new CloudWatchClient(optionsOf(url)).send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/Lambda',
        MetricName: 'Duration',
        Dimensions: [
          { Name: 'FunctionName', Value: 'tenant-service' },
          { Name: 'Resource', Value: 'tenant-service:latest-prod' },
          { Name: 'ExecutedVersion', Value: '2' },
        ],
        StartTime: new Date('2026-03-03T20:05:00Z'),
        EndTime: new Date('2026-03-03T20:20:00Z'),
        Period: 60,
        ExtendedStatistics: ['p95'],
      }),
    );
    return Math.max(...Datapoints.map(({ ExtendedStatistics }) => ExtendedStatistics?.p95 ?? 0));
  }
});

describe('by schedule', () => {
  test('the run ends at once and leaves the rollout in the table, where advance-rollouts takes it up', async () => {
    const { log, url } = await rehearseAndKeep('rollout-by-schedule');
    expect(log).toMatch(/Rollout by schedule: success, \d+ s of virtual time/);
    const first = { version: '1', weights: { '2': 0.05 }, status: 'running', course: [0, 5] };
    const running = { driver: 'schedule', running: [`${key}|1`] };
    expect(await production(url)).toMatchObject({ ...first, ...running });

    await advanceClock(url, 16);
    expect((await advance(url)).outputs).toMatchObject({ advanced: '1', failed: '0' });
    expect(await production(url)).toMatchObject({ weights: { '2': 0.1 }, course: [0, 5, 10], ...running });
    const undo = await advance(url, { undo: 'tenant-service' });
    expect(undo.outputs).toMatchObject({ undone: '1' });
    expect(await production(url)).toMatchObject({ version: '1', weights: {}, status: 'undone', running: [] });
  });

  test('where nothing is under way, nothing is changed', async () => {
    const { url } = await rehearseAndKeep('rollout-none-under-way');
    expect(await production(url)).toMatchObject({ version: '1', weights: {}, items: 0 });
  });

  async function advanceClock(url: string, minutes: number): Promise<void> {
    const body = JSON.stringify({ by: minutes * 60_000 });
    const answer = await fetch(`${url}/_sandbox/clock/advance`, { method: 'POST', body });
    expect(answer.status).toBe(200);
  }

  /** What advance-rollouts.yml runs, on the sandbox that the rollout has left. */
  function advance(url: string, inputs: Readonly<Record<string, string>> = {}) {
    return runAction('advance-rollouts', {
      inputs: { environment: 'prod', table: 'deployments', ...inputs },
      sandbox: {
        PROMO_SANDBOX_URL: url,
        AWS_ENDPOINT_URL: url,
        AWS_ACCESS_KEY_ID: '222222222222',
        AWS_SECRET_ACCESS_KEY: 'any',
        AWS_REGION: 'af-south-1',
      },
    });
  }
});

test('every scenario that rolls out is one of those', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [command, 'scenarios', '--repo', example]);
  const listed = [
    ...stdout.matchAll(
      /scenarios\/(\S+)\.yml\n.*: expects \w+ of \.github\/workflows\/(?:rollout|advance-rollouts)\.yml$/gm,
    ),
  ];
  const others = ['good', 'shared-incident', 'cold-start', 'by-schedule', 'none-under-way'];
  expect(listed.map(([, name]) => name).sort()).toEqual(
    [...others.map((name) => `rollout-${name}`), ...Object.keys(undone)].sort(),
  );
});
