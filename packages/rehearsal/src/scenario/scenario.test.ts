import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { Mistakes } from '../mistake/index.ts';
import { loadScenario } from './index.ts';
import { scenarioSchema } from './schema.ts';

const folder = mkdtempSync(join(tmpdir(), 'promo-scenario-'));
afterAll(() => rmSync(folder, { recursive: true }));

function load(content: string) {
  const file = join(folder, 'scenario.yml');
  writeFileSync(file, content);
  return loadScenario(file, 'scenario.yml');
}

function mistakesOf(content: string): string[] {
  try {
    load(content);
  } catch (error) {
    if (error instanceof Mistakes) return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('a scenario', () => {
  test('has defaults for everything but its name and what it expects', () => {
    const { scenario } = load('name: Least\nexpect: { outcome: success }\n');
    expect(scenario).toMatchObject({ actor: 'release-manager', seed: 1, people: [], vars: {}, faults: [] });
  });

  test('reads durations, lists of one, and text from numbers', () => {
    const { scenario } = load(`
name: Full
vars: { COUNT: 3 }
world: { accounts: { prod: { id: "222222222222", region: af-south-1 } } }
environments: { prod: { reviewers: [ops-lead], wait-timer: 10m } }
people: [{ login: ops-lead, environment: Prod, answer: approved, after: 1.5h }]
expect:
  outcome: failure
  alias: { account: prod, function: f, alias: live, version: 4 }
`);
    expect(scenario.vars).toEqual({ COUNT: '3' });
    expect(scenario.people[0]?.after).toBe(5_400_000);
    expect(scenario.environments.prod?.['wait-timer']).toBe(600_000);
    expect(scenario.expect.alias).toEqual([
      { account: 'prod', function: 'f', alias: 'live', version: '4', weights: {} },
    ]);
  });

  test.each([
    ['YAML that cannot be read', 'name: [\n', /^scenario\.yml:2:1: /],
    [
      'an unknown key',
      'name: x\npoeple: []\nexpect: { outcome: success }\n',
      /^scenario\.yml:2:\d+: there is no key poeple in a scenario\. Did you mean people\?/,
    ],
    ['a missing key', 'name: x\n', /^scenario\.yml:1:1: expect is missing/],
    [
      'a wrong outcome',
      'name: x\nexpect:\n  outcome: good\n',
      /^scenario\.yml:3:12: expect\.outcome: expected success, failure or cancelled/,
    ],
    [
      'a wrong duration',
      'name: x\nexpect: { outcome: success }\ncancel: { step: a, after: soon }\n',
      /^scenario\.yml:3:\d+: cancel\.after: expected a duration such as/,
    ],
    [
      'a wrong start',
      'name: x\nstart: tomorrow\nexpect: { outcome: success }\n',
      /^scenario\.yml:2:8: start: expected a time with its zone, such as/,
    ],
    [
      'a start that is another moment on every machine',
      'name: x\nstart: 2026-03-03T20:05:00\nexpect: { outcome: success }\n',
      /^scenario\.yml:2:8: start: expected a time with its zone, such as/,
    ],
    [
      'somebody who may not review',
      'name: x\nenvironments:\n  prod: { reviewers: [ops-lead] }\npeople:\n  - { login: passer-by, environment: prod, answer: approved }\nexpect: { outcome: success }\n',
      /^scenario\.yml:5:14: passer-by is no reviewer of prod; its reviewers are ops-lead/,
    ],
    [
      'an environment that is not there',
      'name: x\nenvironments: { production: {} }\npeople: [{ login: a, environment: prodution, answer: approved }]\nexpect: { outcome: success }\n',
      /^scenario\.yml:3:\d+: the scenario's environments have no prodution\. Did you mean production\?/,
    ],
  ])('%s is told with its place', (_, content, message) => {
    const [first = ''] = mistakesOf(content);
    expect(first).toMatch(message);
  });

  test('tells every unknown key, wherever it stands', () => {
    const content =
      'name: x\ninput: {}\npeple: []\nexpect: { outcome: success, say: [x], alias: { acount: prod } }\n';
    expect(mistakesOf(content)).toEqual([
      'scenario.yml:2:8: there is no key input in a scenario. Did you mean inputs?',
      'scenario.yml:3:8: there is no key peple in a scenario. Did you mean people?',
      expect.stringMatching(/^scenario\.yml:4:\d+: there is no key expect\.say in a scenario\./),
      expect.stringMatching(/^scenario\.yml:4:\d+: expect\.alias\.account is missing/),
    ]);
  });

  test('tells an account that its world does not have, where it is named', () => {
    expect(
      mistakesOf(`name: Elsewhere
world: { accounts: { prod: { id: "222222222222", region: af-south-1 } } }
expect:
  outcome: success
  alias: { account: prd, function: f, alias: live, version: 1 }
  records:
    - { account: prod, table: deployments }
    - { account: "333333333333", table: deployments }
    - { account: dev, table: deployments }
`),
    ).toEqual([
      'scenario.yml:5:21: the world has no account prd; there are prod. Did you mean prod?',
      'scenario.yml:9:18: the world has no account dev; there are prod.',
    ]);
  });

  test('tells all mistakes at once', () => {
    expect(mistakesOf('nme: x\nseed: one\nexpect: { outcome: no }\n')).toHaveLength(4);
  });
});

test('every key is told in its page', () => {
  const page = readFileSync('docs/scenarios.md', 'utf8');
  const told = new Set(
    [...page.matchAll(/^\| (`.+?) \|/gm)].flatMap(([, cell = '']) =>
      [...cell.matchAll(/`([\w-]+)`/g)].map(([, key = '']) => key),
    ),
  );
  const { entries } = scenarioSchema;
  const keys = [...Object.keys(entries), ...Object.keys(entries.expect.entries)];
  expect(keys.filter((key) => !told.has(key))).toEqual([]);
});
