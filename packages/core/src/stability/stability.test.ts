import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import type { GateReport } from '../gate/index.ts';
import type { Alias, FunctionVersion } from '../lambda/index.ts';
import type { Alarm, Point, SeriesQuery } from '../metrics/index.ts';
import { checkQueue } from './checks.ts';
import { checkStability, type StabilityQuestion } from './stability.ts';
import { apiTarget, functionTarget, loadBalancerTarget, type Target } from './target.ts';

const now = Date.parse('2026-03-03T20:05:00Z');
const hour = 3_600_000;

const alias: Alias = {
  functionName: 'orders',
  name: 'latest-sit',
  stableVersion: '7',
  description: '',
  revisionId: 'r',
};
const version: FunctionVersion = {
  functionName: 'orders',
  version: '7',
  codeSha256: 'sha',
  codeSize: 1,
  description: 'v1.4.0 (run 7001)',
  role: 'role',
  state: 'Active',
  lastUpdateStatus: 'Successful',
  lastModified: now - 48 * hour,
  packageType: 'Zip',
  timeout: 10_000,
  revisionId: 'r',
};
const question: StabilityQuestion = {
  subject: { environment: 'sit' },
  functions: ['orders'],
  alias: 'latest-sit',
  targets: [],
  queues: [],
  alarmPrefixes: [],
  watched: [],
  lookback: 24 * hour,
  traffic: { maxErrors: 4, maxErrorRate: 5, maxThrottles: 0, maxP95: 500, noTraffic: 'hold' },
  deployment: { minAge: 24 * hour },
  maxQueueDepth: 0,
};

interface World {
  /** Values by metric name; a list is several points. */
  readonly values?: Readonly<Record<string, number | readonly number[]>>;
  readonly alias?: Alias | undefined;
  readonly version?: Partial<FunctionVersion>;
  readonly alarms?: readonly Alarm[];
}

const healthy = { Invocations: 12_000, Errors: 3, Throttles: 0, Duration: 120 };

async function check(
  change: Partial<StabilityQuestion> = {},
  world: World = {},
): Promise<GateReport & { asked: readonly SeriesQuery[] }> {
  const values: NonNullable<World['values']> = world.values ?? healthy;
  const asked: SeriesQuery[] = [];
  const report = await checkStability(
    { ...question, ...change },
    {
      clock: { now: () => now, sleep: async () => {} },
      aliases: { find: async () => ('alias' in world ? world.alias : alias) },
      functions: { describe: async () => ({ ...version, ...world.version }) },
      alarms: { byPrefix: async () => world.alarms ?? [], byName: async () => [] },
      metrics: {
        async series(queries, from) {
          asked.push(...queries);
          return new Map(
            queries.map((query): [string, Point[]] => {
              const given = 'name' in query ? values[query.name] : undefined;
              const list = given === undefined ? [] : typeof given === 'number' ? [given] : given;
              return [query.id, list.map((value, index) => ({ at: from + index * 60_000, value }))];
            }),
          );
        },
      },
    },
  );
  return { ...report, asked };
}

function outcome(report: GateReport, checkName: string) {
  return report.findings.find((finding) => finding.check === checkName)?.outcome;
}

describe('a function behind an alias', () => {
  test('healthy traffic passes, and the report names each check with what was seen and its limit', async () => {
    const report = await check();
    expect(report.decision).toBe('pass');
    expect(report.findings.map((finding) => finding.check)).toEqual([
      'state',
      'age',
      'traffic',
      'errors',
      'error rate',
      'p95',
      'throttles',
    ]);
    const errors = report.findings.find((finding) => finding.check === 'errors');
    expect(errors).toMatchObject({ seen: '3', limit: 'at most 4', subject: 'orders:latest-sit' });
  });

  test('the alias’s series are asked for, in one call', async () => {
    const { asked } = await check();
    expect(asked).toHaveLength(4);
    for (const query of asked)
      expect(query).toMatchObject({
        dimensions: { FunctionName: 'orders', Resource: 'orders:latest-sit' },
        period: 86_400,
      });
  });

  test.each([
    ['errors', { ...healthy, Errors: 5 }],
    ['error rate', { ...healthy, Invocations: 50, Errors: 3 }],
    ['throttles', { ...healthy, Throttles: 1 }],
    ['p95', { ...healthy, Duration: 500.1 }],
  ])('one above the limit of %s fails', async (name, values) => {
    const report = await check({}, { values });
    expect(report.decision).toBe('fail');
    expect(outcome(report, name)).toBe('fail');
  });

  test('Errors missing beside Invocations are none', async () => {
    expect((await check({}, { values: { Invocations: 10, Duration: 5 } })).decision).toBe('pass');
  });

  test.each(['pass', 'hold', 'fail'] as const)('without any traffic: %s', async (noTraffic) => {
    const report = await check({ traffic: { ...question.traffic, noTraffic } }, { values: {} });
    expect(report.decision).toBe(noTraffic);
  });

  test('a function that is throttled entirely fails although nothing was invoked', async () => {
    const report = await check(
      { traffic: { ...question.traffic, noTraffic: 'pass' } },
      { values: { Throttles: 9 } },
    );
    expect(report.decision).toBe('fail');
  });

  test('a version that is too young holds and says when it is old enough', async () => {
    const report = await check({}, { version: { lastModified: now - 2 * hour } });
    expect(report.decision).toBe('hold');
    expect(report.findings.find((finding) => finding.check === 'age')?.remedy).toContain(
      '2026-03-04T18:05:00Z',
    );
  });

  test.each([
    ['v1.4.0', 'pass'],
    ['7', 'pass'],
    ['v1.4', 'fail'],
    ['v1.4.0-rc.1', 'fail'],
    ['8', 'fail'],
  ])('expected version %s: %s', async (expectedVersion, decision) => {
    expect((await check({ deployment: { expectedVersion } })).decision).toBe(decision);
  });

  test('another package than the expected one fails', async () => {
    expect((await check({ deployment: { expectedCodeSha256: 'sha' } })).decision).toBe('pass');
    expect((await check({ deployment: { expectedCodeSha256: 'other' } })).decision).toBe('fail');
  });

  test.each([
    [{ state: 'Failed', stateReason: 'image is gone' }, 'fail'],
    [{ lastUpdateStatus: 'Failed' }, 'fail'],
    [{ lastUpdateStatus: 'InProgress' }, 'hold'],
    [{ state: 'Pending' }, 'hold'],
    [{ state: 'Inactive' }, 'pass'],
  ])('state %j: %s', async (change, decision) => {
    expect((await check({}, { version: change })).decision).toBe(decision);
  });

  test('an alias that still carries a canary holds', async () => {
    const report = await check({}, { alias: { ...alias, canary: { version: '8', weight: 10 } } });
    expect(outcome(report, 'rollout')).toBe('hold');
  });

  test('an unknown alias is an error with its name', async () => {
    await expect(check({}, { alias: undefined })).rejects.toThrow('no alias `latest-sit`');
  });
});

describe('other targets', () => {
  const targets = (target: Target | undefined): Partial<StabilityQuestion> => ({
    functions: [],
    targets: target ? [target] : [],
  });

  test('a load balancer’s own 5xx and its targets’ are errors, its response time is in seconds', async () => {
    const arn = 'arn:aws:elasticloadbalancing:eu-west-1:111111111111:loadbalancer/app/shop/50dc6c495c0c9188';
    const values = {
      RequestCount: 1_000,
      HTTPCode_Target_5XX_Count: 3,
      HTTPCode_ELB_5XX_Count: 2,
      TargetResponseTime: 0.4,
    };
    const report = await check(targets(loadBalancerTarget(arn)), { values });
    expect(outcome(report, 'errors')).toBe('fail');
    expect(report.findings.find((finding) => finding.check === 'errors')?.seen).toBe('5');
    expect(report.findings.find((finding) => finding.check === 'p95')?.seen).toBe('400 ms');
    expect(report.asked[0]).toMatchObject({ dimensions: { LoadBalancer: 'app/shop/50dc6c495c0c9188' } });
  });

  test.each([
    ['rest:orders/prod', { ApiName: 'orders', Stage: 'prod' }, '5XXError'],
    ['rest:orders', { ApiName: 'orders' }, '5XXError'],
    ['http:a1b2c3/live', { ApiId: 'a1b2c3', Stage: 'live' }, '5xx'],
  ])('API %s', async (text, dimensions, errors) => {
    const values = { Count: 10, [errors]: 1, Latency: 20 };
    const report = await check(targets(apiTarget(text)), { values });
    expect(outcome(report, 'error rate')).toBe('fail');
    expect(report.asked.every((query) => 'dimensions' in query)).toBe(true);
    expect(report.asked[0]).toMatchObject({ dimensions });
  });

  test('the latest depth of a queue counts, not what it held before', async () => {
    const empty = await check(
      { ...targets(undefined), queues: ['dlq'] },
      { values: { ApproximateNumberOfMessagesVisible: [5, 0] } },
    );
    expect(empty.decision).toBe('pass');
    const full = await check(
      { ...targets(undefined), queues: ['dlq'] },
      { values: { ApproximateNumberOfMessagesVisible: [0, 5] } },
    );
    expect(full.decision).toBe('fail');
  });

  test('alarms: one in ALARM fails by its name and reason, none by that prefix holds', async () => {
    const alarm: Alarm = { name: 'orders-errors', state: 'OK', reason: '', changedAt: 0 };
    const asked = { ...targets(undefined), alarmPrefixes: ['orders-'] };
    expect((await check(asked, { alarms: [alarm] })).decision).toBe('pass');
    const ringing = await check(asked, { alarms: [alarm, { ...alarm, state: 'ALARM', reason: 'too many' }] });
    expect(ringing.decision).toBe('fail');
    expect(ringing.findings[0]?.message).toContain('too many');
    expect((await check(asked)).decision).toBe('hold');
  });

  test('alarms that see nothing hold, unless one of them sees', async () => {
    const blind: Alarm = { name: 'orders-errors', state: 'INSUFFICIENT_DATA', reason: '', changedAt: 0 };
    const asked = { ...targets(undefined), alarmPrefixes: ['orders-'] };
    const report = await check(asked, { alarms: [blind, blind] });
    expect(report.decision).toBe('hold');
    expect(report.findings[0]?.message).toContain(
      'All 2 alarms whose names begin with `orders-` are without',
    );
    expect((await check(asked, { alarms: [blind, { ...blind, state: 'OK' }] })).decision).toBe('pass');
  });

  test('a load balancer that reaches no target fails, although it counts no request', async () => {
    const down = targets(loadBalancerTarget('app/shop/50dc6c495c0c9188'));
    const traffic = { maxErrorRate: 5, noTraffic: 'pass' as const };
    const report = await check({ ...down, traffic }, { values: { HTTPCode_ELB_5XX_Count: 90 } });
    expect(report.decision).toBe('fail');
    expect(report.findings.find((finding) => finding.check === 'error rate')?.seen).toBe('100%');
  });
});

test('more errors never turn a failure into a pass', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(200), fc.nat(200), fc.integer({ min: 1, max: 500 }), async (a, b, requests) => {
      const decisionOf = async (errors: number) =>
        (await check({}, { values: { ...healthy, Invocations: requests, Errors: errors } })).decision;
      const [fewer, more] = [Math.min(a, b), Math.max(a, b)];
      if ((await decisionOf(fewer)) === 'fail') expect(await decisionOf(more)).toBe('fail');
    }),
  );
});

test('a function that is named by its ARN is looked for under its name', () => {
  const arn = 'arn:aws:lambda:af-south-1:111111111111:function:orders';
  expect(functionTarget(arn, 'live')).toEqual(functionTarget('orders', 'live'));
});

test('a queue without data is said, but is no evidence of health', () => {
  expect(checkQueue('dlq', undefined, 0)).toMatchObject({ outcome: 'info', seen: 'no data' });
  expect(checkQueue('dlq', 0, 0)).toMatchObject({ outcome: 'pass' });
});
