import { describe, expect, test } from '@jest/globals';
import { safeParse } from 'valibot';
import { decide } from '../gate/index.ts';
import type { Alias, FunctionVersion } from '../lambda/index.ts';
import { type Alarm, type Point, type SeriesQuery, watchedMetricsSchema } from '../metrics/index.ts';
import { chartOf } from './chart.ts';
import { evaluateCanary } from './evaluate.ts';
import { judgeNamed } from './judges.ts';
import type { CanaryQuestion } from './question.ts';
import { summaryOf } from './report.ts';

const start = Date.parse('2026-03-03T20:05:20Z');
const minute = 60_000;
const limits = {
  window: 5,
  minInvocations: 100,
  maxErrors: 5,
  maxThrottles: 10,
  maxErrorRate: 1,
  minSuccessRate: 99,
  maxP95: 500,
};
const question: CanaryQuestion = {
  subject: { environment: 'prod', service: 'orders' },
  functionName: 'orders',
  alias: 'live',
  judgeName: 'threshold',
  judge: judgeNamed('threshold', limits),
  objective: 500,
  window: 5,
  maxWindow: 5,
  interval: 30_000,
  warmup: 3 * minute,
  alarms: [],
  watched: [],
};

interface World {
  readonly alias?: Alias | undefined;
  /** When the canary's first request came. */
  readonly born?: number;
  /** A minute of the canary. */
  readonly canary?: Readonly<Record<string, number>>;
  readonly health?: (at: number) => { status: number; payload: string; functionError?: string };
  readonly alarms?: (at: number) => readonly Alarm[];
  readonly custom?: number;
  readonly cancelAt?: number;
}

const healthy = { Invocations: 60, Errors: 0, 'PR(:500)': 99, p95: 120 };

async function evaluate(change: Partial<CanaryQuestion> = {}, world: World = {}) {
  let now = start;
  const calls: { at: number; queries: readonly SeriesQuery[] }[] = [];
  const said: string[] = [];
  const cancelled = new AbortController();
  const alias: Alias = {
    functionName: 'orders',
    name: 'live',
    stableVersion: '7',
    canary: { version: '8', weight: 10 },
    description: '',
    revisionId: 'r',
  };
  const version = { version: '8', timeout: 10_000 } as FunctionVersion;
  const value = (query: SeriesQuery, at: number): number | undefined => {
    if ('expression' in query || !('name' in query)) return undefined;
    if (query.namespace !== 'AWS/Lambda') return world.custom;
    const isCanary = query.dimensions.ExecutedVersion === '8';
    if (isCanary && at < (world.born ?? start)) return undefined;
    const values: Readonly<Record<string, number>> = isCanary
      ? (world.canary ?? healthy)
      : { Invocations: 540, Errors: 1, 'PR(:500)': 99, p95: 110 };
    if (query.dimensions.ExecutedVersion === undefined) return world.canary?.Throttles;
    return values[query.statistic === 'Sum' ? query.name : query.statistic];
  };
  const report = await evaluateCanary(
    { ...question, ...change },
    {
      clock: {
        now: () => now,
        async sleep(milliseconds) {
          now += milliseconds;
          if (world.cancelAt !== undefined && now >= world.cancelAt) {
            cancelled.abort();
            throw new Error('aborted');
          }
        },
      },
      aliases: { find: async () => ('alias' in world ? world.alias : alias) },
      functions: { describe: async (_, qualifier) => (qualifier === '8' ? version : undefined) },
      invoker: {
        invoke: async () => ({
          executedVersion: '8',
          ...(world.health?.(now) ?? { status: 200, payload: '' }),
        }),
      },
      alarms: { byPrefix: async () => [], byName: async () => world.alarms?.(now) ?? [] },
      metrics: {
        async series(queries, from, to) {
          calls.push({ at: now, queries });
          return new Map(
            queries.map((query): [string, Point[]] => {
              const points: Point[] = [];
              for (let at = from; at < Math.min(to, now); at += minute) {
                const seen = value(query, at);
                if (seen !== undefined) points.push({ at, value: seen });
              }
              return [query.id, points];
            }),
          );
        },
      },
    },
    (line) => said.push(line),
    cancelled.signal,
  );
  if (report.decision !== 'skipped') expect(decide(report.findings)).toBe(report.decision);
  return { report, calls, said, seconds: (now - start) / 1_000 };
}

const alarm = (state: Alarm['state']): Alarm => ({ name: 'a', state, reason: 'too much', changedAt: start });

describe('a window', () => {
  test('a fresh canary is promoted when the fifth minute after its warm-up has settled', async () => {
    const { report, said, calls } = await evaluate();
    expect(report).toMatchObject({
      verdict: 'promote',
      decision: 'pass',
      canaryVersion: '8',
      stableVersion: '7',
    });
    expect(report.at).toBe('2026-03-03T20:16:00Z');
    expect(report.window).toMatchObject({ from: '2026-03-03T20:09:00Z', to: '2026-03-03T20:14:00Z' });
    expect(report.minutes).toHaveLength(5);
    expect(said[1]).toContain('the answer comes at 2026-03-03T20:16:00Z');
    expect(said.at(-1)).toContain('canary 300 invocations, 0 errors (0%)');
    expect(said.at(-1)).toContain('stable 2,700 invocations');
    expect(new Set(calls.map((call) => call.at)).size).toBe(calls.length);
  });

  test('a canary that has long been serving is not warmed up again', async () => {
    const { report } = await evaluate({}, { born: start - 10 * minute });
    expect(report.window.from).toBe('2026-03-03T20:06:00Z');
  });

  test('a bad canary is rolled back for the reasons that the report names', async () => {
    const { report } = await evaluate({}, { canary: { ...healthy, Errors: 4 } });
    expect(report).toMatchObject({ verdict: 'rollback', decision: 'fail' });
    expect(report.reasons.join()).toMatch(/errors in 2 minutes 8.*error rate 6.667%/);
  });

  test('a slow canary is rolled back', async () => {
    const { report } = await evaluate({}, { canary: { ...healthy, 'PR(:500)': 90 } });
    expect(report.reasons).toEqual([expect.stringContaining('p95, share slower than 500 ms 10%')]);
  });

  test('too little traffic holds with the time that would be needed', async () => {
    const { report } = await evaluate({}, { canary: { ...healthy, Invocations: 4 } });
    expect(report).toMatchObject({ verdict: 'hold', decision: 'hold' });
    expect(report.findings.find((one) => one.check === 'evidence')?.remedy).toContain('20 minutes more');
  });

  test('a window that may grow does so until the evidence suffices, or to its end', async () => {
    const grown = await evaluate({ maxWindow: 30 }, { canary: { ...healthy, Invocations: 10 } });
    expect(grown.report).toMatchObject({ verdict: 'promote' });
    expect(grown.report.minutes).toHaveLength(10);
    const never = await evaluate({ maxWindow: 8 }, { canary: {} });
    expect(never.report).toMatchObject({ verdict: 'hold' });
    expect(never.report.minutes).toHaveLength(8);
  });
});

describe('signals', () => {
  test('an unhealthy answer rolls back at the first look', async () => {
    const health = () => ({ status: 200, payload: '{"statusCode":503}' });
    const { report, seconds } = await evaluate({ healthPayload: '{}' }, { health });
    expect(report).toMatchObject({ verdict: 'rollback', looks: 1 });
    expect(report.reasons).toEqual(['The canary, version 8, answered the health payload with 503.']);
    expect(seconds).toBe(0);
  });

  test('a function error is unhealthy although the call answers 200', async () => {
    const health = () => ({ status: 200, payload: '{}', functionError: 'Unhandled' });
    expect((await evaluate({ healthPayload: '{}' }, { health })).report.verdict).toBe('rollback');
  });

  test('an alarm that rings anew rolls back at once', async () => {
    const alarms = (at: number) => [alarm(at > start + 2 * minute ? 'ALARM' : 'OK')];
    const { report, seconds } = await evaluate({ alarms: ['a'] }, { alarms });
    expect(report.reasons[0]).toContain('`a` went into ALARM');
    expect(seconds).toBe(150);
  });

  test('an alarm that rang before says nothing, until it was quiet and rings again', async () => {
    const ringing = await evaluate({ alarms: ['a'] }, { alarms: () => [alarm('ALARM')] });
    expect(ringing.report.verdict).toBe('promote');
    expect(ringing.said.join()).toContain('in ALARM already');
    const again = (at: number) => [alarm(at > start + minute && at < start + 2 * minute ? 'OK' : 'ALARM')];
    expect((await evaluate({ alarms: ['a'] }, { alarms: again })).report.verdict).toBe('rollback');
  });

  test('further metrics are heard when the judge concludes', async () => {
    const entry = { name: 'orders', namespace: 'Shop', metric: 'Orders', statistic: 'Sum', min: 100 };
    const parsed = safeParse(watchedMetricsSchema, [entry]);
    const watched = parsed.success ? parsed.output : [];
    expect((await evaluate({ watched }, { custom: 20 })).report.verdict).toBe('promote');
    const low = await evaluate({ watched }, { custom: 10 });
    expect(low.report.verdict).toBe('rollback');
    expect(low.report.minutes).toHaveLength(5);
    const unseen = await evaluate({ watched }, {});
    expect(unseen.report.verdict).toBe('hold');
  });
});

describe('what cannot be evaluated', () => {
  test.each([
    [{}, { alias: undefined }, 'no alias `live`'],
    [{ canaryVersion: '9' }, {}, 'version 9 gets no requests'],
    [{ stableVersion: '8' }, {}, 'as the canary and as the stable version'],
    [{ canaryVersion: '7' }, {}, 'has no version 7'],
    [{ alarms: ['a', 'b'] }, { alarms: () => [alarm('OK')] }, '`b`'],
  ] as [Partial<CanaryQuestion>, World, string][])('%j', async (change, world, message) => {
    await expect(evaluate(change, world)).rejects.toThrow(message);
  });

  test('an alias without a canary is told with what to do', async () => {
    const alias: Alias = {
      functionName: 'orders',
      name: 'live',
      stableVersion: '7',
      description: '',
      revisionId: '',
    };
    await expect(evaluate({}, { alias })).rejects.toThrow(/without a canary.*canary-shift/);
  });

  test('a cancelled run says that it had no answer', async () => {
    await expect(evaluate({}, { cancelAt: start + minute })).rejects.toThrow(
      /cancelled.*before it had an answer/,
    );
  });
});

test('a version that is the stable one already, with all the traffic, is not judged', async () => {
  const alias: Alias = {
    functionName: 'orders',
    name: 'live',
    stableVersion: '8',
    description: '',
    revisionId: 'r',
  };
  const { report, calls } = await evaluate({ canaryVersion: '8', stableVersion: '8' }, { alias });
  expect(report).toMatchObject({ decision: 'skipped', verdict: 'promote', minutes: [] });
  expect(calls).toEqual([]);
  expect((await evaluate({ canaryVersion: '8' }, { alias })).report.decision).toBe('pass');
});

test('the summary shows both versions and draws what GitHub draws', async () => {
  const { report } = await evaluate({}, { canary: { ...healthy, Errors: 3 } });
  const summary = summaryOf(report);
  expect(summary).toContain('| canary, version 8 | 300 | 15 | 5% | 1.667% |');
  const chart = chartOf(report);
  expect(chart.match(/```mermaid/g)).toHaveLength(2);
  expect(chart).toContain('x-axis ["20:09", "20:10", "20:11", "20:12", "20:13"]');
  expect(chart).toContain('line [5, 5, 5, 5, 5]');
  expect(chart).toContain('y-axis 0 --> 5');
  expect(chartOf({ minutes: [], evidence: [], latencyObjective: 500 })).toBe('');
});
