import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox, type World } from '@promo-actions/sandbox';
import { runAction } from '../bundle/run.ts';
import { gatePage } from '../gates/refusals.ts';

const page = gatePage('stability-check');

const queue = { account: 'sit', namespace: 'AWS/SQS', name: 'ApproximateNumberOfMessagesVisible' };

let folder: string;
let sandbox: Sandbox;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'stability-'));
  for (const release of ['v1.3.0', 'v1.4.0']) {
    await mkdir(join(folder, release));
    await writeFile(join(folder, release, 'index.js'), `exports.handler = async () => '${release}';`);
  }
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => sandbox.close());

const traffic = { 'requests-per-minute': 20, 'error-rate': '0%', latency: { median: '40ms', p95: '120ms' } };

async function start(change: object = {}, rest: World = {}, lastModified = '2026-03-01T08:00:00Z') {
  sandbox = await startSandbox({
    start: '2026-03-03T20:05:00Z',
    folder,
    world: {
      accounts: { sit: { id: '111111111111', region: 'af-south-1' } },
      lambda: [
        {
          account: 'sit',
          function: 'tenant-service',
          versions: [{ code: 'v1.3.0' }, { code: 'v1.4.0', description: 'v1.4.0' }],
          aliases: { 'latest-sit': '2' },
          'last-modified': lastModified,
        },
      ],
      traffic: [{ account: 'sit', function: 'tenant-service', alias: 'latest-sit', ...traffic, ...change }],
      alarms: [{ account: 'sit', name: 'tenant-service-errors' }],
      ...rest,
    },
  });
}

const usual = { environment: 'sit', functions: 'tenant-service', alias: 'latest-sit' };

async function check(inputs: Readonly<Record<string, string>> = {}) {
  const run = await runAction('stability-check', {
    inputs: { ...usual, ...inputs },
    sandbox: sandbox.environment(),
  });
  const report: { findings: { check: string; outcome: string; seen: string }[] } = JSON.parse(
    run.outputs.report || '{"findings":[]}',
  );
  const outcomes = Object.fromEntries(report.findings.map((one) => [one.check, one.outcome]));
  return { ...run, report, outcomes };
}

const operations = () => sandbox.journal().map((entry) => entry.operation);

describe('a function with traffic', () => {
  test('that is healthy passes, with every check in the report and the summary', async () => {
    await start({}, { metrics: [{ ...queue, dimensions: { QueueName: 'tenant-service-dlq' }, value: 0 }] });
    const run = await check({
      'expected-version': 'v1.4.0',
      'max-p95-ms': '200',
      'alarm-prefix': 'tenant-service-',
      queues: 'tenant-service-dlq',
    });
    expect(run.log).toContain('stability-check: pass');
    expect(run.code).toBe(0);
    expect(run.outputs.decision).toBe('pass');
    expect(Object.keys(run.outcomes)).toEqual(
      expect.arrayContaining([
        'state',
        'age',
        'version',
        'traffic',
        'errors',
        'error rate',
        'p95',
        'throttles',
      ]),
    );
    expect(run.outcomes).toMatchObject({ 'dead-letter queue': 'pass', alarms: 'pass' });
    expect(
      Number(run.report.findings.find((one) => one.check === 'traffic')?.seen.replace(/\D/g, '')),
    ).toBeGreaterThan(25_000);
    expect(run.summary).toContain('✅ stability-check: pass');
    expect(operations().filter((one) => one === 'GetMetricData')).toHaveLength(1);
  });

  test('that failed more often than allowed is refused with the number and the limit', async () => {
    await start({ 'error-rate': '1%' });
    const run = page.refused('more errors than allowed', await check());
    expect(run.code).toBe(1);
    expect(run.outputs.decision).toBe('fail');
    expect(run.outcomes).toMatchObject({ errors: 'fail', 'error rate': 'pass' });
    expect(run.annotations[0]).toMatchObject({ level: 'error' });
    expect(run.annotations[0]?.message).toMatch(
      /tenant-service:latest-sit had \d+ errors in the last 1d; at most 4/,
    );
  });

  test('that is slow is refused where a p95 is given', async () => {
    await start({ latency: { median: '400ms', p95: '900ms' } });
    const run = page.refused('a p95 above the limit', await check({ 'max-p95-ms': '500', lookback: '1h' }));
    expect(run.outcomes.p95).toBe('fail');
  });

  test('that is throttled is refused', async () => {
    await start({ 'throttle-rate': '1%' });
    expect(page.refused('throttles', await check()).outcomes.throttles).toBe('fail');
  });

  test('`mode: warn` reports and lets pass', async () => {
    await start({ 'error-rate': '1%' });
    const run = await check({ mode: 'warn' });
    expect(run.code).toBe(0);
    expect(run.outputs.decision).toBe('fail');
    expect(run.annotations[0]?.level).toBe('warning');
  });

  test('an old incident outside of the lookback is not seen', async () => {
    const incident = { at: '2026-03-03T10:00:00Z', for: '10m', 'error-rate': '50%' };
    await start({ incidents: [incident] });
    expect((await check()).outputs.decision).toBe('fail');
    expect((await check({ lookback: '1h' })).outputs.decision).toBe('pass');
  });
});

test.each(['hold', 'fail', 'pass'])('no traffic: %s', async (decision) => {
  await start({ 'requests-per-minute': 0 });
  const run = await check({ 'no-traffic': decision });
  if (decision === 'hold') page.refused('no traffic to judge by', run);
  expect(run.outputs.decision).toBe(decision);
  expect(run.code).toBe(decision === 'pass' ? 0 : 1);
});

describe('what is deployed', () => {
  test('another version than the expected one is refused', async () => {
    await start();
    const run = page.refused(
      'another version than the expected one',
      await check({ 'expected-version': 'v1.5.0' }),
    );
    expect(run.outcomes.version).toBe('fail');
    expect(run.log).toContain('expected v1.5.0');
  });

  test('another package than the expected one is refused', async () => {
    await start();
    const run = await check({ 'expected-code-sha256': `${'A'.repeat(43)}=` });
    expect(page.refused('another package than the expected one', run).outcomes['code SHA-256']).toBe('fail');
  });

  test('one that is too young holds and says when it is old enough', async () => {
    await start({}, {}, '2026-03-03T08:00:00Z');
    const run = page.refused('a deployment that is too young', await check());
    expect(run.outputs.decision).toBe('hold');
    expect(run.log).toContain('2026-03-04T08:00:00Z');
    expect((await check({ 'min-age': '2h' })).outputs.decision).toBe('pass');
  });
});

describe('alarms, queues and metrics', () => {
  test('a queue that reports nothing is told, and is no pass of its own', async () => {
    await start();
    const run = await check({ queues: 'no-such-dlq' });
    expect(run.outcomes).toMatchObject({ 'dead-letter queue': 'info' });
    expect(run.log).toContain('SQS reported no depth of queue no-such-dlq');
  });

  test('an alarm in ALARM, messages in the queue and a metric beyond its limit are each refused', async () => {
    await start(
      {},
      {
        alarms: [{ account: 'sit', name: 'tenant-service-errors', state: 'ALARM', type: 'composite' }],
        metrics: [
          { ...queue, dimensions: { QueueName: 'tenant-service-dlq' }, value: 3 },
          { account: 'sit', namespace: 'Shop', name: 'Ok', value: 90 },
          { account: 'sit', namespace: 'Shop', name: 'All', value: 100 },
        ],
      },
    );
    const run = await check({
      'alarm-prefix': 'tenant-service-',
      queues: 'tenant-service-dlq',
      metrics: `- name: checkout success
  expression: 100 * ok / all
  series:
    ok: { namespace: Shop, metric: Ok, statistic: Sum }
    all: { namespace: Shop, metric: All, statistic: Sum }
  min: 99
  unit: '%'
  period: 5m
- { name: nothing, namespace: Shop, metric: None, statistic: Maximum, max: 1, no-data: pass }`,
    });
    page.refused('an alarm, messages in a dead-letter queue, a metric beyond its limit', run);
    expect(run.outcomes).toMatchObject({
      alarms: 'fail',
      'dead-letter queue': 'fail',
      'checkout success': 'fail',
      nothing: 'pass',
    });
    expect(run.log).toContain('lowest value of checkout success (by 5m) is 90%');
  });

  test('an API and a load balancer are looked at by their own metrics', async () => {
    const dimensions = { ApiId: 'a1b2c3', Stage: 'live' };
    const balancer = { LoadBalancer: 'app/shop/50dc6c495c0c9188' };
    const one = (namespace: string, name: string, of: Record<string, string>, value: number) => {
      return { account: 'sit', namespace, name, dimensions: of, value };
    };
    await start(
      {},
      {
        metrics: [
          one('AWS/ApiGateway', 'Count', dimensions, 10),
          one('AWS/ApiGateway', '5xx', dimensions, 0),
          one('AWS/ApplicationELB', 'RequestCount', balancer, 10),
          one('AWS/ApplicationELB', 'HTTPCode_ELB_5XX_Count', balancer, 1),
        ],
      },
    );
    const run = await check({
      functions: '',
      alias: '',
      api: 'http:a1b2c3/live',
      'load-balancer': 'app/shop/50dc6c495c0c9188',
      'max-errors': '100',
    });
    expect(run.log).toContain('http:a1b2c3/live had 0 errors');
    expect(run.log).toContain('app/shop/50dc6c495c0c9188 had 1,439 errors');
    expect(run.outputs.decision).toBe('fail');
    expect(operations()).toEqual(['GetMetricData']);
  });
});

describe('bad input and bad days', () => {
  test('every wrong input is told at once and nothing is called', async () => {
    await start();
    const run = await check({
      functions: '',
      alias: 'latest-sit',
      api: 'orders',
      lookback: '1 day',
      'max-error-rate': '120%',
      'max-errors': '-1',
      'expected-code-sha256': 'abc',
      metrics: '- { name: x, namespace: A, metric: B, statistic: Mean, max: 1 }',
      'no-traffic': 'perhaps',
    });
    expect(run.code).toBe(1);
    const message = run.annotations[0]?.message ?? '';
    for (const input of [
      'lookback',
      'max-error-rate',
      'max-errors',
      'expected-code-sha256',
      'metrics',
      'no-traffic',
      'alias',
      'api',
    ])
      expect(message).toMatch(new RegExp(`^  ${input}: `, 'm'));
    expect(operations()).toEqual([]);
  });

  test('nothing to look at is a mistake', async () => {
    await start();
    const run = await check({ functions: '', alias: '', 'expected-version': '7' });
    expect(run.annotations[0]?.message).toMatch(/functions: is missing; give at least one of/);
    expect(run.annotations[0]?.message).toMatch(/expected-version: needs `alias`/);
  });

  test('an unknown function and an unknown alias are told by name, with how to find the right one', async () => {
    await start();
    expect((await check({ functions: 'tenant-servce' })).log).toMatch(/tenant-servce.*list-functions/);
    expect((await check({ alias: 'latest' })).log).toMatch(/no alias `latest`.*list-aliases/);
  });

  test('CloudWatch that throttles is asked again', async () => {
    await start();
    sandbox.inject({
      service: 'monitoring',
      operation: 'GetMetricData',
      times: 3,
      status: 400,
      code: 'Throttling',
    });
    const run = await check();
    expect(run.outputs.decision).toBe('pass');
    expect(operations().filter((one) => one === 'GetMetricData')).toHaveLength(4);
  });

  test('CloudWatch that keeps throttling is told with its code and request ID', async () => {
    await start();
    sandbox.inject({ service: 'monitoring', status: 400, code: 'Throttling' });
    const run = await check();
    expect(run.code).toBe(1);
    expect(run.annotations[0]?.message).toMatch(
      /metrics could not be read from CloudWatch.*CloudWatch GetMetricData, Throttling.*request ID \S+/,
    );
    expect(run.outputs.decision).toBeUndefined();
  });
});

page.isToldInDocs();
