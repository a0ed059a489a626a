import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { judgeNamed } from '@promo-actions/core/analysis';
import { type Sandbox, startSandbox } from '@promo-actions/sandbox';
import { runAction } from '../bundle/run.ts';
import { clientConfiguration } from '../sandbox/aws.ts';

const start = '2026-03-03T20:05:20Z';
const place = { function: 'tenant-service', alias: 'latest-prod' };
let folder: string;
let sandbox: Sandbox;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sequential-'));
  await mkdir(join(folder, 'code'));
  await writeFile(join(folder, 'code', 'index.js'), 'exports.handler = async () => ({ statusCode: 200 });');
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => sandbox.close());

interface Release {
  /** What the canary does otherwise than the stable version. */
  readonly canary?: object;
  readonly traffic?: object;
  readonly weight?: string;
}

/** The stable version 1 and the canary version 2, 1,000 requests a minute with 0.5 % errors. */
async function release({ canary = {}, traffic = {}, weight = '10' }: Release = {}) {
  sandbox = await startSandbox({
    start,
    folder,
    world: {
      accounts: { prod: { id: '222222222222', region: 'af-south-1' } },
      lambda: [
        {
          account: 'prod',
          function: 'tenant-service',
          versions: [{ code: 'code' }, { code: 'code', description: 'v1.4.0' }],
          aliases: { 'latest-prod': '1' },
        },
      ],
      traffic: [
        {
          account: 'prod',
          function: 'tenant-service',
          alias: 'latest-prod',
          'requests-per-minute': 1_000,
          'error-rate': '0.5%',
          latency: { median: '100ms', p95: '300ms' },
          'cold-start': { extra: '800ms', minutes: 2, share: '50%' },
          versions: { '2': canary },
          ...traffic,
        },
      ],
    },
  });
  const shifted = await runAction('canary-shift', {
    inputs: { ...place, version: '2', weight },
    sandbox: sandbox.environment(),
  });
  expect(shifted.log).not.toContain('::error');
}

async function evaluate(inputs: Readonly<Record<string, string>> = {}) {
  const run = await runAction('evaluate-canary', {
    inputs: { environment: 'prod', ...place, ...inputs },
    sandbox: sandbox.environment(),
  });
  return { ...run, report: JSON.parse(run.outputs.report || '{}') };
}

/** The same minutes, judged by the judge itself. */
function judged(report: { minutes: Parameters<ReturnType<typeof judgeNamed>>[0] }, change = {}) {
  return judgeNamed('sequential', {
    window: 5,
    minInvocations: 100,
    maxThrottles: 10,
    maxErrorRate: 1,
    minSuccessRate: 99,
    maxP95: 500,
    ...change,
  })(report.minutes);
}

describe('without a word about judges', () => {
  test('a good canary is promoted when the window ends, with the evidence beside its limit', async () => {
    await release();
    const run = await evaluate();
    expect(run.log).toContain('evaluate-canary: pass');
    expect(run.outputs.verdict).toBe('promote');
    expect(run.report).toMatchObject({ judge: 'sequential', evidencePath: { limit: 2 } });
    expect(run.report.evidencePath.minutes).toHaveLength(5);
    expect(run.outputs.chart).toContain('Evidence against the canary');
    expect(run.outputs.reasons).toMatch(/The canary fails in .*100 to 1 would roll it back/s);
  });

  test('five times the errors roll back as the judge does on the same minutes, as soon as the evidence suffices', async () => {
    await release({ canary: { 'error-rate': '10%' }, traffic: { 'error-rate': '2%' } });
    const run = await evaluate({ window: '30m' });
    expect(run.code).toBe(1);
    expect(run.outputs.verdict).toBe('rollback');
    expect(run.report.minutes.length).toBeLessThan(15);
    const judgement = judged(run.report, { window: 30 });
    expect(run.outputs.reasons).toBe(judgement.reasons.join('\n'));
    expect(judged({ minutes: run.report.minutes.slice(0, -1) }, { window: 30 }).verdict).toBe('continue');
    expect(run.outputs.reasons).toMatch(/times as often.*under 1 in/s);
    expect(run.summary).toContain('Evidence against the canary');
    expect(run.log).toMatch(
      /::error.*evaluate-canary: fail\. The canary fails in .*Look at the logs of version 2\./,
    );
    expect(await counted('2', 'Invocations')).toEqual(
      run.report.minutes.map(({ canary }: Counted) => canary.invocations),
    );
    expect(await counted('2', 'Errors')).toEqual(
      run.report.minutes.map(({ canary }: Counted) => canary.errors),
    );
    expect(await counted('1', 'Errors')).toEqual(
      run.report.minutes.map(({ baseline }: Counted) => baseline.errors),
    );

    type Counted = { canary: { invocations: number; errors: number }; baseline: { errors: number } };
    /** What CloudWatch says of the judged minutes, asked without the product. */
    async function counted(version: string, metric: string): Promise<number[]> {
      const { Datapoints = [] } = await new CloudWatchClient(clientConfiguration(sandbox)).send(
        new GetMetricStatisticsCommand({
          Namespace: 'AWS/Lambda',
          MetricName: metric,
          Dimensions: [
            { Name: 'FunctionName', Value: place.function },
            { Name: 'Resource', Value: `${place.function}:${place.alias}` },
            { Name: 'ExecutedVersion', Value: version },
          ],
          StartTime: new Date(run.report.window.from),
          EndTime: new Date(run.report.window.to),
          Period: 60,
          Statistics: ['Sum'],
        }),
      );
      return Datapoints.sort((one, other) => Number(one.Timestamp) - Number(other.Timestamp)).map(
        ({ Sum = 0 }) => Sum,
      );
    }
  });

  test('a slow canary is rolled back for its latency', async () => {
    await release({ canary: { latency: { median: '300ms', p95: '900ms' } } });
    const run = await evaluate({ window: '20m' });
    expect(run.outputs.verdict).toBe('rollback');
    expect(run.outputs.reasons).toMatch(/^The canary is slower than 500 ms in /);
  });

  test('an incident that both versions share is held, not blamed on the canary', async () => {
    const incidents = [{ at: '2026-03-03T20:09:00Z', for: '5m', 'error-rate': '20%' }];
    await release({ traffic: { incidents } });
    const run = await evaluate();
    expect(run.outputs).toMatchObject({ verdict: 'hold', decision: 'hold' });
    expect(run.outputs.reasons).toContain('both are above the objective of 1%');
    expect(run.log).toContain('incident that both versions share');
  });

  test('too little traffic is held, with the time that a decision would need', async () => {
    await release({ traffic: { 'requests-per-minute': 30 } });
    const run = await evaluate();
    expect(run.outputs.verdict).toBe('hold');
    expect(run.outputs.reasons).toMatch(
      /of 100 invocations .* about \d+ minutes more.*found in about \d+ minutes/s,
    );
  });

  test('half of a busy service with its usual errors is no reason, whatever their number', async () => {
    await release({ weight: '50', traffic: { 'requests-per-minute': 6_000 } });
    const run = await evaluate();
    expect(run.outputs.verdict).toBe('promote');
    expect(run.report.minutes[0].canary.errors + run.report.minutes[1].canary.errors).toBeGreaterThan(5);
  });
});

test('a good canary is promoted early where that is asked for', async () => {
  await release({ weight: '50', traffic: { 'requests-per-minute': 6_000 } });
  const run = await evaluate({ 'promote-early': 'true', window: '60m' });
  expect(run.outputs.verdict).toBe('promote');
  expect(run.report.minutes.length).toBeLessThan(30);
});

test('the kayenta judge scores the same minutes when the window ends', async () => {
  await release({ canary: { 'error-rate': '10%' } });
  const run = await evaluate({ judge: 'kayenta', window: '10m' });
  expect(run.outputs.verdict).toBe('rollback');
  expect(run.report).toMatchObject({ judge: 'kayenta' });
  expect(run.report.minutes).toHaveLength(10);
  expect(run.outputs.reasons).toContain("The canary's error rate is higher than the stable version's");
});

test.each(['0', '0.5', '1'])('alpha %s is refused before any call', async (alpha) => {
  await release();
  const before = sandbox.journal().length;
  const run = await evaluate({ alpha });
  expect(run.code).toBe(1);
  expect(run.annotations[0]?.message).toMatch(/alpha: .*must be above 0 and below 0\.5/);
  expect(sandbox.journal()).toHaveLength(before);
});
