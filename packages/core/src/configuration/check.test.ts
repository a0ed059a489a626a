import { describe, expect, test } from '@jest/globals';
import { safeParse } from 'valibot';
import { findings } from './check.ts';
import { compare } from './compare.ts';
import type { Parameter } from './ports.ts';
import { describePromotion, renderPromotion } from './render.ts';
import { type ParameterType, type Rule, rulesSchema } from './rule.ts';
import type { Selection } from './select.ts';

const pair = { source: '/t/sit', target: '/t/prod' };
const one = (environment: string, key: string, value: string, type: ParameterType = 'String'): Parameter => ({
  name: `/t/${environment}/${key}`,
  ...{ type, value, version: 1, dataType: 'text' },
});
const source = [
  one('sit', 'url', 'https://sit.example.com'),
  one('sit', 'limit', 'many'),
  one('sit', 'db/password', 'hunter2 of sit', 'SecureString'),
  one('sit', 'db/old/password', 'x', 'SecureString'),
  one('sit', 'kind', 'a', 'StringList'),
  one('sit', 'deployed-version', 'v1'),
];
const target = [
  one('prod', 'kind', 'a'),
  one('prod', 'region', 'af-south-1'),
  one('prod', 'deployed-at', 'now'),
];

function rulesOf(value: unknown): readonly Rule[] {
  const result = safeParse(rulesSchema, value);
  if (!result.success) throw new Error(result.issues.map(({ message }) => message).join('; '));
  return result.output;
}

function check(rules: unknown, selection: Selection = {}) {
  const read = rulesOf(rules);
  const readings = [{ pair, source, target }];
  const lines = compare(readings, selection, read);
  return { lines, found: findings(readings, lines, read, 'sit') };
}

const failing = (rules: unknown, selection: Selection = { exclude: ['kind'] }) =>
  check(rules, selection)
    .found.filter(({ outcome }) => outcome === 'fail')
    .map(({ message }) => message);

test('every name has its fate', () => {
  const { lines } = check([{ key: 'db/**', 'never-copy': true }], { exclude: ['limit'] });
  expect(Object.fromEntries(lines.map(({ key, fate }) => [key, fate]))).toEqual({
    url: 'create',
    limit: 'own',
    'db/password': 'own',
    'db/old/password': 'own',
    kind: 'conflict',
    region: 'absent',
  });
});

test.each<[string, unknown, readonly string[]]>([
  [
    'required, at neither side',
    [{ key: 'no/such', required: true }],
    ['`no/such` is required, and the target would not have it.'],
  ],
  ['required, in the target already', [{ key: 'region', required: true }], []],
  [
    'required, and never copied',
    [{ key: 'url', required: true, 'never-copy': true }],
    ['`/t/prod/url` is required, and the target would not have it.'],
  ],
  ['required, by a pattern', [{ key: 'db/**', required: true }], []],
  [
    'a type',
    [{ key: 'url', type: 'SecureString' }],
    ['`/t/prod/url` would be a String; expected a SecureString.'],
  ],
  [
    'a form',
    [{ key: 'limit', form: 'integer' }],
    ['`/t/prod/limit` would be "many"; expected a whole number.'],
  ],
  [
    'a pattern, which is of the whole value',
    [{ key: 'url', pattern: 'https://' }],
    ['`/t/prod/url` would be "https://sit.example.com"; expected what matches https://.'],
  ],
  ['a pattern that holds', [{ key: 'url', pattern: 'https://.*' }], []],
  [
    'values',
    [{ key: 'region', allowed: ['eu-west-1'] }],
    ['`/t/prod/region` would be "af-south-1"; expected one of eu-west-1.'],
  ],
  [
    'secrets, without telling them',
    [{ key: '**/password', form: 'integer' }],
    [
      '`/t/prod/db/old/password` would be a secret; expected a whole number.',
      '`/t/prod/db/password` would be a secret; expected a whole number.',
    ],
  ],
])('a rule: %s', (_, rules, messages) => {
  expect(failing(rules)).toEqual(messages);
});

test('what is required and left out by the selection is not to be made at the source, which has it', () => {
  const remedies = (selection: Selection) =>
    check(
      [
        { key: 'url', required: true },
        { key: 'db/*', required: true },
      ],
      selection,
    )
      .found.filter(({ outcome }) => outcome === 'fail')
      .map(({ subject, remedy }) => [subject, remedy]);
  expect(remedies({ include: ['region'] })).toEqual([
    ['/t/prod/url', expect.stringContaining('left out by `include`, `exclude`')],
    ['db/*', expect.stringContaining('left out by `include`, `exclude`')],
  ]);
});

test.each([
  ['integer', '-12', '1.5'],
  ['number', '1.5e3', ''],
  ['boolean', 'false', 'yes'],
  ['url', 'postgres://db/x', 'db'],
  ['json', '{"a": 1}', '{a}'],
] as const)('the form %s takes %j and not %j', (form, good, bad) => {
  const [rule] = rulesOf([{ key: 'x', form }]);
  const messages = [good, bad].map((value) => {
    const readings = [{ pair, source: [one('sit', 'x', value)], target: [] }];
    return findings(readings, compare(readings, {}, rule ? [rule] : []), rule ? [rule] : [], undefined).some(
      ({ outcome }) => outcome === 'fail',
    );
  });
  expect(messages).toEqual([false, true]);
});

test('another type, and no parameter at all, are told', () => {
  expect(failing([], {})).toEqual([
    '`/t/prod/kind` is a String, and at the source a StringList; SSM changes no type.',
  ]);
  const readings = [{ pair, source: [], target }];
  expect(findings(readings, compare(readings, {}, []), [], 'sit')[0]).toMatchObject({
    outcome: 'fail',
    message: 'There is no parameter below `/t/sit` at the source.',
  });
});

test('a value that names the source is pointed out, and stops nothing', () => {
  const told = check([]).found.filter(({ check: name }) => name === 'mentions');
  expect(told.map(({ subject }) => subject)).toEqual(['/t/prod/db/password', '/t/prod/url']);
  expect(told.map(({ outcome }) => outcome)).toEqual(['info', 'info']);
});

test('no secret is told anywhere', () => {
  const { lines, found } = check([
    { key: '**', pattern: 'no', allowed: ['none'], form: 'json', type: 'StringList' },
  ]);
  const report = { gate: 'promote-config', decision: 'fail', subject: {}, at: '', findings: found } as const;
  const all = JSON.stringify(found) + renderPromotion({ report, lines, changed: false, restored: 0 }, false);
  expect(all).toContain('db/password');
  expect(all).not.toContain('hunter2');
});

describe('a rule that is none', () => {
  test.each([
    [[{ required: true }], /key/],
    [[{ key: 'a b' }], /a name below the path/],
    [[{ key: 'a', pattern: '(' }], /no regular expression/],
    [[{ key: 'a', allowed: [] }], /names no value/],
    [[{ key: 'a', allowed: [1] }], /quote numbers/],
    [[{ key: 'a', form: 'date' }], /expected one of integer/],
    [{ key: 'a' }, /expected a list of rules/],
  ])('%j', (value, message) => {
    expect(() => rulesOf(value)).toThrow(message);
  });
});

test('a secret is none the less one where it is kept as a String, or stands in the middle of one', () => {
  const plain = [
    one('sit', 'moved', 'hunter2 moved', 'SecureString'),
    one('sit', 'by-rule', 'hunter2 by rule'),
    one('sit', 'url', 'postgres://u:hunter2 of db@db/x'),
    one('sit', 'db', 'hunter2 of db', 'SecureString'),
    one('sit', 'short', 'on', 'SecureString'),
    one('sit', 'switch', 'on'),
  ];
  const there = [one('prod', 'moved', 'hunter2 as String'), one('prod', 'by-rule', 'hunter2 of prod')];
  const rules = rulesOf([
    { key: 'by-rule', type: 'SecureString', pattern: 'no', allowed: ['hunter2'] },
    { key: 'moved', pattern: 'no' },
    { key: 'url', pattern: 'no' },
  ]);
  const readings = [{ pair, source: plain, target: there }];
  const lines = compare(readings, {}, rules);
  const found = findings(readings, lines, rules, 'sit');
  const report = { gate: 'promote-config', decision: 'fail', subject: {}, at: '', findings: found } as const;
  const promotion = { report, lines, changed: false, restored: 0 };
  const said = describePromotion(promotion);
  expect([JSON.stringify(found), renderPromotion(promotion, true), ...said].join()).not.toContain('hunter2');
  expect(said).toEqual([
    '~ /t/prod/by-rule: a secret, kept as a String → a secret, kept as a String',
    '+ /t/prod/db: a secret',
    '! /t/prod/moved: a secret, kept as a String → a secret',
    '+ /t/prod/short: a secret',
    '+ /t/prod/switch: "on"',
    '+ /t/prod/url: "postgres://u:***@db/x"',
  ]);
});
