import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { loadScenarioWorld, ScenarioError, worldParts, worldSchema } from './index.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promo-world-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function load(text: string) {
  const file = join(folder, 'scenario.yml');
  await writeFile(file, text);
  return loadScenarioWorld(file);
}

/** The lines of the refusal, without the folder. */
async function mistakes(text: string): Promise<readonly string[]> {
  const error = await load(text).catch((thrown: unknown) => thrown);
  if (!(error instanceof ScenarioError)) throw new Error('It was expected to be refused, and was not.');
  return error.message.replaceAll(`${folder}/`, '').split('\n');
}

const WHOLE = `
name: Good release
workflow: .github/workflows/promote-to-prod.yml
inputs: { version: v1.4.0 }
start: 2026-03-03T20:05:00Z
seed: 7
world:
  accounts: { prod: { id: '222222222222', region: af-south-1 } }
  lambda:
    - account: prod
      function: tenant-service
      timeout: 10
      versions: [ { code: ../releases/v1.3.0 }, { code: ../releases/v1.4.0, description: v1.4.0 } ]
      aliases: { latest-prod: '1', canary: { version: '1', canary: '2', weight: 0.1 } }
  traffic:
    - account: prod
      function: tenant-service
      alias: latest-prod
      requests-per-minute: 600
      error-rate: 0.1%
      versions: { '2': { error-rate: 5%, from: 1m } }
  alarms: [ { account: prod, name: errors, changes: [ { at: 2026-03-03T20:20:00Z, state: ALARM } ] } ]
  ssm: [ { account: prod, name: /tenants/x, value: y } ]
  dynamodb: [ { account: prod, table: deployments, key: deployment_id } ]
  github: { repository: example/tenant-service, tags: { v1.3.0: main } }
  jira: { issues: [ { key: CHG-101, status: Approved } ] }
faults: [ { service: lambda, operation: UpdateAlias, nth: 1, drop: after } ]
expect: { outcome: success }
`;

test('the sandbox takes its own part of a scenario and lets the rest be', async () => {
  const scenario = await load(WHOLE);
  expect(scenario).toMatchObject({ start: '2026-03-03T20:05:00Z', seed: 7, folder });
  expect(scenario.faults).toEqual([{ service: 'lambda', operation: 'UpdateAlias', nth: 1, drop: 'after' }]);
  const parts = worldParts(scenario.world);
  expect(parts.lambda[0]).toMatchObject({
    handler: 'index.handler',
    aliases: { 'latest-prod': { version: '1', weight: 0 } },
  });
  expect(parts.traffic[0]?.versions['2']).toMatchObject({ 'error-rate': 0.05, from: 60_000 });
});

test('a checked world is still as it was written, so that it can be checked again', async () => {
  const { world } = await load(WHOLE);
  const once = v.parse(worldSchema, world);
  expect(once).toEqual(world);
  expect(v.parse(worldSchema, once)).toEqual(world);
});

test('an empty file is an empty world', async () => {
  expect(worldParts((await load('')).world)).toMatchObject({ accounts: {}, lambda: [] });
});

describe('mistakes are told with line, column and what is expected', () => {
  test.each([
    ['a broken file', 'world: { lambda: [', /^scenario\.yml:1:19: /],
    [
      'a wrong start',
      'start: tomorrow',
      'scenario.yml:1:1: start: expected a time with its zone, such as 2026-03-03T20:05:00Z',
    ],
    ['an unknown part', 'world:\n  lambada: []', 'scenario.yml:2:3: world.lambada: is not known here'],
    [
      'an account that is a number',
      'world:\n  accounts:\n    prod: { id: 222222222222 }',
      "scenario.yml:3:13: world.accounts.prod.id: expected the account's 12 digits in quotes",
    ],
    [
      'an unknown account',
      "world:\n  accounts: { sit: { id: '111111111111' } }\n  lambda:\n    - account: prod\n      function: f\n      versions: [ { code: x } ]",
      'scenario.yml:4:7: world.lambda.0.account: the world has no account prod; it has sit',
    ],
    [
      'a missing member',
      "world:\n  accounts: { sit: { id: '111111111111' } }\n  lambda:\n    - account: sit\n      versions: [ { code: x } ]",
      'scenario.yml:4:7: world.lambda.0.function: is missing',
    ],
    [
      'an alias on a version that is not there',
      "world:\n  accounts: { sit: { id: '111111111111' } }\n  lambda:\n    - account: sit\n      function: f\n      versions: [ { code: x } ]\n      aliases: { live: '2' }",
      'scenario.yml:7:7: world.lambda.0.aliases: an alias names a version that the function does not have; they are numbered from 1 in the order listed',
    ],
    [
      'a fault without harm',
      'faults:\n  - service: lambda',
      'scenario.yml:2:5: faults.0: a fault needs a status, a latency or a drop',
    ],
    [
      'a fault of two kinds',
      'faults:\n  - { service: lambda, status: 500, drop: after }',
      'scenario.yml:2:5: faults.0: a fault has a status or a drop, not both',
    ],
  ])('%s', async (_name, text, expected) => {
    const [first] = await mistakes(text);
    if (typeof expected === 'string') expect(first).toBe(expected);
    else expect(first).toMatch(expected);
  });

  test('all of them at once', async () => {
    expect(await mistakes('seed: x\nworld: { a: 1 }\nfaults: 1')).toEqual([
      'scenario.yml:1:1: seed: expected number, not "x"',
      'scenario.yml:2:10: world.a: is not known here',
      'scenario.yml:3:1: faults: expected Array, not 1',
    ]);
  });

  test('a file that is not there', async () => {
    await expect(loadScenarioWorld(join(folder, 'none.yml'))).rejects.toThrow(
      'none.yml: there is no such scenario file',
    );
  });
});
