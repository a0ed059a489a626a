import { expect, test } from '@jest/globals';
import type { Probe } from '../health/index.ts';
import type { Invocation } from '../lambda/index.ts';
import { askHook, type HookQuestion, hookForm, hookOf, readAnswer } from './hook.ts';

const question: HookQuestion = {
  hook: 'before-traffic',
  function: 'orders',
  alias: 'live',
  stable: '1',
  canary: '2',
};

test.each([
  ['https://hooks.example.com/ask?x=1', { kind: 'url', url: 'https://hooks.example.com/ask?x=1' }],
  ['check', { kind: 'function', functionName: 'check', qualifier: '$LATEST' }],
  ['check:live', { kind: 'function', functionName: 'check', qualifier: 'live' }],
  [
    'arn:aws:lambda:af-south-1:222222222222:function:check:7',
    {
      kind: 'function',
      functionName: 'arn:aws:lambda:af-south-1:222222222222:function:check',
      qualifier: '7',
    },
  ],
])('%s is a hook', (text, hook) => {
  expect(text).toMatch(hookForm);
  expect(hookOf(text)).toEqual(hook);
});

test.each(['', 'a b', 'ftp://x', 'check:live:1', 'https://'])('%j is none', (text) => {
  expect(text).not.toMatch(hookForm);
});

test.each([
  ['yes', true],
  [' YES\n', true],
  ['true', true],
  ['"yes"', true],
  ['{"answer":true}', true],
  ['{"statusCode":200,"body":"{\\"answer\\":\\"yes\\"}"}', true],
  ['{"statusCode":200,"body":"yes"}', true],
  ['no', false],
  ['', false],
  ['null', false],
  ['ok', false],
  ['{"answer":"no"}', false],
  ['{"status":"yes"}', false],
  ['{"statusCode":500,"body":"yes"}', false],
  ['{"statusCode":200}', false],
])('%j is a %s', (text, yes) => {
  expect(readAnswer(text).yes).toBe(yes);
});

test('a reason is told', () => {
  expect(readAnswer('{"answer":"no","reason":"the\\nstock is being counted"}')).toEqual({
    yes: false,
    why: 'the stock is being counted',
  });
});

const asked = (text: string, answer: Partial<Invocation> & { probe?: Probe }) => {
  const seen: string[] = [];
  const ports = {
    invoker: {
      invoke: async (functionName: string, qualifier: string, payload: string) => {
        seen.push(`${functionName}:${qualifier} ${payload}`);
        return { status: 200, executedVersion: '1', payload: '"yes"', ...answer };
      },
    },
    http: {
      get: async (url: string) => {
        seen.push(url);
        return answer.probe ?? ({ kind: 'answer', status: 200, body: 'yes' } as const);
      },
    },
  };
  return { seen, answer: askHook(hookOf(text), question, ports) };
};

test('a function is told what it is asked about, an address too', async () => {
  const one = asked('check:live', {});
  expect(await one.answer).toMatchObject({ yes: true });
  expect(one.seen).toEqual([`check:live ${JSON.stringify(question)}`]);
  const two = asked('https://hooks.example.com/ask?key=1', {});
  expect(await two.answer).toMatchObject({ yes: true });
  expect(two.seen).toEqual([
    'https://hooks.example.com/ask?key=1&hook=before-traffic&function=orders&alias=live&stable=1&canary=2',
  ]);
});

test('a function that failed said no; one that was not run, and an address that is silent, said nothing', async () => {
  expect(await asked('check', { functionError: 'Unhandled', payload: '' }).answer).toMatchObject({
    yes: false,
  });
  await expect(
    asked('check', { status: 429, functionError: 'TooManyRequestsException' }).answer,
  ).rejects.toThrow(/`check:\$LATEST` was not run.*HTTP 429/);
  await expect(
    asked('https://hooks.example.com/?key=secret', { probe: { kind: 'none', why: 'none within 10s' } })
      .answer,
  ).rejects.toThrow(/^the hook https:\/\/hooks\.example\.com\/ did not answer: none within 10s/);
  expect(
    await asked('https://hooks.example.com/', { probe: { kind: 'answer', status: 503, body: 'yes' } }).answer,
  ).toEqual({ yes: false, why: 'https://hooks.example.com/ answered with status 503.' });
});
