import { expect, test } from '@jest/globals';
import { array, string } from 'valibot';
import { checkPolicy, count, defineContract, duration, json, text } from './index.ts';

const shared = { permissions: {}, example: {}, outputs: {} } as const;
const watch = defineContract({
  ...shared,
  name: 'watch',
  kind: 'read',
  description: 'Watches.',
  inputs: {
    window: duration('The window.', { default: '5m' }),
    interval: duration('The interval.'),
    limit: count('The limit.'),
    names: json(array(string()), 'a list', 'Names.'),
    version: text('The version.'),
    token: text('The token.', { secret: true }),
  },
  check: ({ window, interval, limit, version }) => [
    ...(window && interval && interval > window
      ? [{ input: 'interval', message: 'is longer than `window`.' }]
      : []),
    ...(limit && !version ? [{ input: 'limit', message: 'needs `version`.' }] : []),
  ],
});
const tally = defineContract({
  ...shared,
  name: 'tally',
  kind: 'read',
  description: 'Tallies.',
  inputs: { limit: text('The limit, as text.'), window: duration('Its window.') },
});

const check = (policy: string) => checkPolicy(policy, 'p.yml', [watch, tally]);
const told = (problems: readonly { input: string; message: string; where?: string }[]) =>
  problems.map(({ input, message, where }) => `${where} ${input}: ${message}`);

test('every unknown name, wrong value and contradiction is told at once, in the order of the file', () => {
  const { problems } = check(`
environments:
  prod:
    watch: { interval: 10m, limitt: 3, names: 5 }
services:
  orders:
    window: soon
defaults: { limit: many, version: v1, token: x }
`);
  expect(told(problems)).toEqual([
    'p.yml:4:24 watch: interval: is longer than `window`.',
    'p.yml:4:29 policy: watch has no input `limitt`; did you mean `limit`?',
    expect.stringMatching(/^p\.yml:4:47 watch: names: got "5" .*expected a list\.$/),
    expect.stringMatching(/^p\.yml:7:13 watch, tally: window: got "soon", expected a duration/),
    expect.stringMatching(/^p\.yml:8:20 watch: limit: got "many", expected a whole number/),
    expect.stringMatching(/^p\.yml:8:26 policy: `version` orders one step/),
    'p.yml:8:39 policy: no action has an input `token`.',
  ]);
});

test('what a step may give is a doubt, not a mistake', () => {
  const { problems, doubts } = check('environments: { prod: { watch: { limit: 3 } } }');
  expect(problems).toEqual([]);
  expect(told(doubts)).toEqual(['p.yml:1:41 watch: limit: needs `version`.']);
});

test('a value for all actions is no doubt as long as one of them can use it', () => {
  expect(check('environments: { prod: { limit: 3 } }').doubts).toEqual([]);
  expect(checkPolicy('environments: { prod: { limit: 3 } }', 'p.yml', [watch]).doubts).toHaveLength(1);
});

test('a contradiction that only one service of one environment has is found', () => {
  const policy =
    'environments: { prod: { watch: { window: 1m } } }\nservices: { orders: { watch: { interval: 90s } }, other: {} }\n';
  expect(told(check(policy).problems)).toEqual(['p.yml:2:42 watch: interval: is longer than `window`.']);
});

test('what each action is given is told for each environment and service, with its place', () => {
  const { resolutions } = check(
    'defaults: { window: 1m }\nenvironments: { sit: {}, prod: { window: 2m } }\n',
  );
  const seen = resolutions
    .filter(({ action }) => action === 'tally')
    .map(({ environment, settings }) => [
      environment,
      ...settings.map(({ text, where }) => `${text} ${where}`),
    ]);
  expect(seen).toEqual([
    ['sit', '1m p.yml:1:21'],
    ['prod', '2m p.yml:2:42'],
  ]);
});
