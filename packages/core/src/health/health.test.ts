import { describe, expect, test } from '@jest/globals';
import { OutsideError } from '../errors/index.ts';
import type { Invocation } from '../lambda/index.ts';
import { checkHealth, type HealthOrder } from './check.ts';
import { type Expectation, judgeInvocation, judgeProbe, type Probe } from './look.ts';

const ok: Expectation = { status: 200 };
const answered = (payload: unknown, over: Partial<Invocation> = {}): Invocation => ({
  status: 200,
  executedVersion: '4',
  payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  ...over,
});

describe('a function’s answer', () => {
  test.each<[string, Invocation, Expectation, boolean, RegExp]>([
    [
      'a statusCode as expected',
      answered({ statusCode: 200, body: 'up' }),
      ok,
      true,
      /^status 200 from version 4$/,
    ],
    ['no statusCode at all', answered({ tenants: 3 }), ok, true, /status 200/],
    ['no JSON at all', answered('plain'), ok, true, /status 200/],
    ['another statusCode', answered({ statusCode: 503 }), ok, false, /status 503/],
    ['another one that is expected', answered({ statusCode: 401 }), { status: 401 }, true, /status 401/],
    [
      'a body that matches',
      answered({ statusCode: 200, body: 'up' }),
      { status: 200, body: /^up$/ },
      true,
      /200/,
    ],
    [
      'a body that does not',
      answered({ statusCode: 200, body: 'down' }),
      { status: 200, body: /^up$/ },
      false,
      /body of 4/,
    ],
    ['a payload that matches', answered({ up: true }), { status: 200, body: /"up":true/ }, true, /200/],
    ['another version', answered({}), { status: 200, version: '3' }, false, /version 4 answered, not 3/],
    [
      'a thrown error',
      answered({ errorType: 'TypeError', errorMessage: 'x is not' }, { functionError: 'Unhandled' }),
      ok,
      false,
      /failed from version 4: TypeError: x is not/,
    ],
    [
      'throttling',
      answered('Rate Exceeded.', {
        status: 429,
        executedVersion: '',
        functionError: 'TooManyRequestsException',
      }),
      ok,
      false,
      /did not run it: TooManyRequestsException \(HTTP 429\)/,
    ],
  ])('%s', (_, invocation, expected, healthy, seen) => {
    const look = judgeInvocation(invocation, expected);
    expect(look.healthy).toBe(healthy);
    expect(look.seen).toMatch(seen);
  });

  test('never shows a body', () => {
    const { seen } = judgeInvocation(answered({ statusCode: 500, body: 'secret' }), ok);
    expect(seen).not.toContain('secret');
  });
});

test('an address that does not answer is not healthy', () => {
  expect(judgeProbe({ kind: 'none', why: 'connect ECONNREFUSED' }, ok)).toEqual({
    healthy: false,
    seen: 'no answer: connect ECONNREFUSED',
  });
});

test('a function whose answer is lost is looked at again; one that may not be asked ends the check', async () => {
  const failing = (code: string) =>
    new OutsideError({ what: 'it could not be invoked', remedy: 'Wait', code });
  const check = (errors: Error[]) =>
    checkHealth(
      {
        targets: [{ kind: 'function', functionName: 'f', qualifier: 'live', payload: '{}' }],
        expected: ok,
        interval: 5_000,
        successes: 1,
        subject: {},
      },
      {
        invoker: {
          async invoke() {
            const error = errors.shift();
            if (error) throw error;
            return answered({});
          },
        },
        http: { get: async () => ({ kind: 'none', why: '' }) },
      },
      { clock: { now: () => 0, sleep: async () => {} }, log: { info: () => {} }, timeout: 60_000 },
    );
  expect((await check([failing('ECONNRESET')])).report.decision).toBe('pass');
  await expect(check([failing('AccessDeniedException')])).rejects.toThrow('could not be invoked');
});

function run(answers: readonly (number | Error)[], over: Partial<HealthOrder> = {}, timeout = 60_000) {
  let now = 0;
  const lines: string[] = [];
  const left = [...answers];
  const get = async (): Promise<Probe> => {
    const next = left.length > 1 ? left.shift() : left[0];
    if (next instanceof Error) throw next;
    return { kind: 'answer', status: next ?? 0, body: '' };
  };
  const order: HealthOrder = {
    targets: [{ kind: 'url', url: 'https://orders.example/health' }],
    expected: ok,
    interval: 5_000,
    successes: 1,
    subject: {},
    ...over,
  };
  const invoker = { invoke: async () => answered({}) };
  const clock = {
    now: () => now,
    sleep: async (milliseconds: number) => {
      now += milliseconds;
    },
  };
  const log = { info: (line: string) => lines.push(line) };
  const outcome = checkHealth(order, { invoker, http: { get } }, { clock, log, timeout });
  return { outcome, lines, elapsed: () => now };
}

test('passes at once when it is healthy', async () => {
  const { outcome, elapsed } = run([200]);
  expect((await outcome).report).toMatchObject({ decision: 'pass', findings: [{ seen: 'status 200' }] });
  expect(elapsed()).toBe(0);
});

test('looks again until it is healthy, telling each look', async () => {
  const { outcome, lines } = run([503, 503, 200]);
  expect((await outcome).report.decision).toBe('pass');
  expect(lines).toHaveLength(2);
  expect(lines[0]).toMatch(/not healthy yet: status 503 \(look 1, 0ms of 1m\)/);
});

test('healthy looks must follow one another', async () => {
  const { outcome, elapsed } = run([200, 503, 200, 200], { successes: 2 });
  expect((await outcome).report.decision).toBe('pass');
  expect(elapsed()).toBe(15_000);
});

test('fails when the time is over, never later, with advice', async () => {
  const { outcome, elapsed } = run([503], {}, 12_000);
  const { report } = await outcome;
  expect(report.decision).toBe('fail');
  expect(report.findings[0]).toMatchObject({ outcome: 'fail', remedy: expect.stringMatching(/rollback/) });
  expect(elapsed()).toBeLessThanOrEqual(12_000);
});

test('one sick target of several fails the whole', async () => {
  const targets = [
    { kind: 'function', functionName: 'orders', qualifier: 'live', payload: '{}' },
    { kind: 'url', url: 'https://orders.example/health' },
  ] as const;
  const { report, executedVersion } = await run([503], { targets }).outcome;
  expect(report.decision).toBe('fail');
  expect(report.findings.map(({ outcome }) => outcome)).toEqual(['pass', 'fail']);
  expect(executedVersion).toBe('4');
});

test('what waiting cannot mend ends the check at once', async () => {
  const { outcome, elapsed } = run([new OutsideError({ what: 'no such function', remedy: 'look' })]);
  await expect(outcome).rejects.toThrow('no such function');
  expect(elapsed()).toBe(0);
});

test('a key in an address is told to nobody', async () => {
  const { outcome, lines } = run([503, 200], {
    targets: [{ kind: 'url', url: 'https://orders.example/health?key=hunter2#x' }],
  });
  const { report } = await outcome;
  expect(report.findings[0]?.subject).toBe('https://orders.example/health');
  expect(JSON.stringify([report, lines])).not.toContain('hunter2');
});
