import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox, type World } from '@promo-actions/sandbox';
import { runAction } from '../bundle/run.ts';
import { gatePage } from '../gates/refusals.ts';

const page = gatePage('evaluate-canary');

const start = '2026-03-03T20:05:20Z';
const codes = {
  stable: "exports.handler = async () => ({ statusCode: 200, body: 'ok' });",
  healthy: "exports.handler = async () => ({ statusCode: 200, body: 'ok' });",
  unhealthy: "exports.handler = async () => ({ statusCode: 503, body: 'no' });",
  throwing: "exports.handler = async () => { throw new Error('token=abc'); };",
};

let folder: string;
let sandbox: Sandbox;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'canary-'));
  for (const [name, code] of Object.entries(codes)) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'index.js'), code);
  }
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => sandbox.close());

interface Release {
  readonly code?: keyof typeof codes;
  /** What the canary does otherwise than the stable version. */
  readonly canary?: object;
  readonly traffic?: object;
  readonly world?: World;
  readonly alias?: object | string;
  readonly timeout?: number;
}

/** The stable version 1 and, for 10% of the requests, the canary version 2, from this moment on. */
async function release({ code = 'healthy', canary, traffic, world, alias, timeout = 10 }: Release = {}) {
  sandbox = await startSandbox({
    start,
    folder,
    world: {
      accounts: { prod: { id: '222222222222', region: 'af-south-1' } },
      lambda: [
        {
          account: 'prod',
          function: 'tenant-service',
          timeout,
          versions: [{ code: 'stable' }, { code, description: 'v1.4.0' }],
          aliases: { 'latest-prod': '1' },
        },
      ],
      traffic: [
        {
          account: 'prod',
          function: 'tenant-service',
          alias: 'latest-prod',
          'requests-per-minute': 600,
          'error-rate': '0.1%',
          latency: { median: '40ms', p95: '120ms' },
          'cold-start': { extra: '800ms', minutes: 2, share: '50%' },
          ...(canary ? { versions: { '2': canary } } : {}),
          ...traffic,
        },
      ],
      ...world,
    },
  });
  if (alias !== undefined) return;
  const shifted = await runAction('canary-shift', {
    inputs: { ...place, version: '2', weight: '10' },
    sandbox: sandbox.environment(),
  });
  expect(shifted.log).not.toContain('::error');
}

const place = { function: 'tenant-service', alias: 'latest-prod' };

async function evaluate(inputs: Readonly<Record<string, string>> = {}) {
  const run = await runAction('evaluate-canary', {
    inputs: { environment: 'prod', ...place, judge: 'threshold', ...inputs },
    sandbox: sandbox.environment(),
  });
  const report = JSON.parse(run.outputs.report || '{}');
  const passed = (sandbox.clock.now() - Date.parse(start)) / 60_000;
  return { ...run, report, passed };
}

const operations = () => sandbox.journal().map((entry) => entry.operation);

describe('a window of five minutes', () => {
  test('a good canary is promoted: warm-up, five minutes, two to settle; one GetMetricData a look', async () => {
    await release();
    const run = await evaluate();
    expect(run.log).toContain('evaluate-canary: pass');
    expect(run.code).toBe(0);
    expect(run.outputs).toMatchObject({
      verdict: 'promote',
      decision: 'pass',
      'canary-version': '2',
      'stable-version': '1',
    });
    expect(run.passed).toBeGreaterThan(10);
    expect(run.passed).toBeLessThan(12);
    expect(run.report.minutes).toHaveLength(5);
    expect(run.report.minutes[0].at).toBe(Date.parse('2026-03-03T20:09:00Z'));
    const looks = [...run.log.matchAll(/^look (\d+), /gm)];
    expect(looks).toHaveLength(run.report.looks);
    const metricCalls = sandbox.journal().filter((entry) => entry.operation === 'GetMetricData');
    expect(new Set(metricCalls.map((entry) => entry.at)).size).toBe(metricCalls.length);
    expect(operations()).not.toContain('Invoke');
    expect(run.summary).toContain('canary, version 2');
    expect(run.summary).toContain('xychart-beta');
    expect(run.outputs.chart).toContain('Errors, %');
  });

  test('a canary with five times the errors is rolled back, saying what was seen of both versions', async () => {
    await release({ traffic: { 'error-rate': '1%' }, canary: { 'error-rate': '5%' } });
    const run = page.refused('a canary with five times the errors', await evaluate());
    expect(run.code).toBe(1);
    expect(run.outputs).toMatchObject({ verdict: 'rollback', decision: 'fail' });
    expect(run.outputs.reasons).toMatch(/error rate [\d.]+%; must be at most 1% \(stable version: [\d.]+%\)/);
    expect(run.annotations.filter((one) => one.level === 'error')).toHaveLength(1);
  });

  test('a slow canary is rolled back, a slow stable version beside it is not blamed on it', async () => {
    await release({ canary: { latency: { median: '300ms', p95: '900ms' } } });
    const run = page.refused('a slow canary', await evaluate());
    expect(run.outputs.verdict).toBe('rollback');
    expect(run.outputs.reasons).toMatch(/^p95, share slower than 500 ms [\d.]+%/);
    expect(run.outputs.chart).toContain('p95, ms');
  });

  test('cold starts of the first minutes are left out', async () => {
    await release();
    const warmed = await evaluate({ window: '2m' });
    expect(warmed.outputs.verdict).toBe('promote');
    await sandbox.close();
    await release();
    expect((await evaluate({ window: '2m', warmup: '0s' })).outputs.verdict).toBe('rollback');
  });

  test('throttles of the alias roll back', async () => {
    await release({ traffic: { 'throttle-rate': '5%' } });
    expect((await evaluate()).outputs.reasons).toMatch(/throttles in 2 minutes \d+; must be at most 10/);
  });

  test('a canary that fails only now and then is judged by the guard alone where that is asked', async () => {
    await release({ canary: { 'error-rate': '2.5%' } });
    expect((await evaluate({ judge: 'guard', 'guard-errors': '20' })).outputs.verdict).toBe('promote');
  });

  test('a function that may run for long settles later', async () => {
    await release({ timeout: 600 });
    const run = await evaluate();
    expect(run.report.window.settleLag).toBe(600);
    expect(run.passed).toBeGreaterThan(18);
  });

  test('a canary that has long been serving needs no warm-up', async () => {
    await release();
    await sandbox.clock.advance(20 * 60_000);
    const before = sandbox.clock.now();
    await evaluate();
    expect((sandbox.clock.now() - before) / 60_000).toBeLessThan(9);
  });
});

describe('too little traffic', () => {
  test('holds, and says how long the present traffic would need', async () => {
    await release({ traffic: { 'requests-per-minute': 60 } });
    const run = page.refused('too little traffic to judge by', await evaluate());
    expect(run.code).toBe(1);
    expect(run.outputs).toMatchObject({ verdict: 'hold', decision: 'hold' });
    expect(run.outputs.reasons).toMatch(/\d+ of 100 invocations .* would need about \d+ minutes more/);
  });

  test('is accepted with a warning where that is asked', async () => {
    await release({ traffic: { 'requests-per-minute': 60 } });
    const run = await evaluate({ 'on-hold': 'pass' });
    expect(run.code).toBe(0);
    expect(run.outputs.verdict).toBe('hold');
    expect(run.annotations[0]?.level).toBe('warning');
  });

  test('extends the window until the evidence suffices', async () => {
    await release({ traffic: { 'requests-per-minute': 120 } });
    const run = await evaluate({ 'on-hold': 'extend' });
    expect(run.outputs.verdict).toBe('promote');
    expect(run.report.minutes.length).toBeGreaterThan(5);
    expect(run.report.minutes.length).toBeLessThan(16);
  });

  test('none at all is neither health nor failure', async () => {
    await release({ traffic: { 'requests-per-minute': 0 } });
    const run = page.refused('no traffic at all', await evaluate());
    expect(run.outputs.verdict).toBe('hold');
    expect(run.outputs.reasons).toContain('no traffic');
    expect(run.outputs.chart).toBe('');
  });
});

describe('at once', () => {
  test.each(['unhealthy', 'throwing'] as const)('an answer that is %s rolls back', async (code) => {
    await release({ code });
    const run = page.refused(
      `a canary that is ${code}`,
      await evaluate({ 'health-payload': '{"path":"/health"}' }),
    );
    expect(run.outputs.verdict).toBe('rollback');
    expect(run.outputs.reasons).toContain('version 2, answered the health payload with');
    expect(run.log).not.toContain('token=abc');
    expect(run.passed).toBeLessThan(1);
  });

  test('a healthy answer is asked for at every look, of the canary itself', async () => {
    await release();
    const run = await evaluate({ 'health-payload': '{}', interval: '2m' });
    expect(run.outputs.verdict).toBe('promote');
    expect(operations().filter((one) => one === 'Invoke')).toHaveLength(run.report.looks);
  });

  test('an alarm that goes into ALARM rolls back; one that was in ALARM before does not', async () => {
    const alarms = [
      { account: 'prod', name: 'old', state: 'ALARM' as const },
      { account: 'prod', name: 'new', changes: [{ at: '2026-03-03T20:08:00Z', state: 'ALARM' as const }] },
    ];
    await release({ world: { alarms } });
    const run = page.refused('an alarm that goes off', await evaluate({ alarms: 'old, new' }));
    expect(run.outputs.verdict).toBe('rollback');
    expect(run.outputs.reasons).toMatch(/^Alarm `new` went into ALARM/);
    expect(run.passed).toBeLessThan(4);
    expect(run.log).toContain('Alarm `old` is in ALARM already');
  });
});

test('a promotion that is run again after its success has no canary left to judge', async () => {
  await release({ alias: 'latest-prod' });
  const run = await evaluate({ 'canary-version': '1', 'stable-version': '1' });
  expect(run.code).toBe(0);
  expect(run.outputs).toMatchObject({ decision: 'skipped', verdict: 'promote' });
  expect(run.passed).toBeLessThan(1);
});

test('a metric of one’s own is heard when the window ends', async () => {
  await release({ world: { metrics: [{ account: 'prod', namespace: 'Shop', name: 'Orders', value: 3 }] } });
  const metrics = '[{ name: orders, namespace: Shop, metric: Orders, statistic: Sum, min: 100 }]';
  const run = page.refused('a metric of one’s own beyond its limit', await evaluate({ metrics }));
  expect(run.outputs.reasons).toContain('The sum of orders is 15; it must be at least 100.');
  expect(run.report.minutes).toHaveLength(5);
});

describe('bad input and bad days', () => {
  test('every wrong input is told at once and nothing is called', async () => {
    await release({ alias: 'latest-prod' });
    const run = await runAction('evaluate-canary', {
      inputs: {
        function: 'tenant-service',
        judge: 'bayes',
        window: '30s',
        'canary-version': '$LATEST',
        'on-hold': 'wait',
        'health-payload': '{',
        'min-invocations': 'many',
        metrics: '[]',
      },
      sandbox: sandbox.environment(),
    });
    expect(run.code).toBe(1);
    const message = run.annotations[0]?.message ?? '';
    for (const input of [
      'alias',
      'judge',
      'window',
      'canary-version',
      'on-hold',
      'health-payload',
      'min-invocations',
      'metrics',
    ])
      expect(message).toMatch(new RegExp(`^  ${input}: `, 'm'));
    expect(operations()).toEqual([]);
  });

  test('a longest window below the window is refused', async () => {
    await release({ alias: 'latest-prod' });
    const run = await evaluate({
      'on-hold': 'extend',
      window: '10m',
      'max-window': '5m',
    });
    expect(run.annotations[0]?.message).toMatch(/max-window: is shorter than `window` \(10m\)/);
  });

  test.each([
    [{ function: 'tenant-servce' }, /tenant-servce.*list-functions/],
    [{ alias: 'latest' }, /no alias `latest`/],
    [{}, /without a canary.*canary-shift/],
    [{ 'canary-version': '2' }, /version 2 gets no requests/],
    [{ 'canary-version': '1', alarms: 'missing' }, /`missing`.*no alarm of that name/],
  ])('what is not there is told by name: %j', async (inputs, message) => {
    await release({ alias: 'latest-prod' });
    const run = await evaluate(inputs);
    expect(run.code).toBe(1);
    expect(run.annotations[0]?.message).toMatch(message);
    expect(run.passed).toBeLessThan(1);
  });

  test('a throttled look is asked again, one that stays throttled is told with its request ID', async () => {
    await release();
    sandbox.inject({
      service: 'monitoring',
      operation: 'GetMetricData',
      nth: 2,
      times: 2,
      status: 400,
      code: 'Throttling',
    });
    expect((await evaluate({ window: '1m' })).outputs.decision).toBeDefined();
    sandbox.inject({ service: 'monitoring', operation: 'GetMetricData', status: 400, code: 'Throttling' });
    const run = await evaluate();
    expect(run.code).toBe(1);
    expect(run.annotations[0]?.message).toMatch(/Throttling.*request ID \S+.*throttled all 5 attempts/);
  });

  test('a cancelled evaluation ends at once and says so', async () => {
    await release();
    const run = await runAction('evaluate-canary', {
      inputs: place,
      env: sandbox.environment(),
      started: (child) => child.stdout?.once('data', () => child.kill('SIGINT')),
    });
    expect(run.code).toBe(1);
    expect(run.annotations[0]?.message).toMatch(/was cancelled .* before it had an answer/);
  });
});

page.isToldInDocs();
