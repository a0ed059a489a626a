import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { StepRun } from '../bundle/run.ts';
import { type ConfigWorld, configWorld, type Given } from './config-world.ts';
import { errorsOf } from './lambda-world.ts';

let world: ConfigWorld;

beforeAll(async () => {
  world = await configWorld();
});
afterAll(() => world.close());

const secrets = ['s3cr3t-new-value', 's3cr3t-old-value', 's3cr3t-first-time'];
const sit: readonly Given[] = [
  ['/tenants/sit/url', 'https://api.example.com/v2'],
  ['/tenants/sit/limit', '20'],
  ['/tenants/sit/database/password', 's3cr3t-new-value', 'alias/sit'],
  ['/tenants/sit/database/token', 's3cr3t-first-time', 'alias/sit'],
  ['/tenants/sit/features/dark', 'true'],
  ['/tenants/sit/deployed-version', 'v1.4.0'],
];
const prod: readonly Given[] = [
  ['/tenants/prod/url', 'https://api.example.com/v1'],
  ['/tenants/prod/limit', '20'],
  ['/tenants/prod/database/password', 's3cr3t-old-value', 'alias/prod'],
  ['/tenants/prod/legacy', 'yes'],
  ['/tenants/prod/deployed-version', 'v1.3.0'],
];
const before = Object.fromEntries(prod.map(([name, value]) => [name, value]));
const after = {
  ...before,
  '/tenants/prod/url': 'https://api.example.com/v2',
  '/tenants/prod/database/password': 's3cr3t-new-value',
  '/tenants/prod/database/token': 's3cr3t-first-time',
  '/tenants/prod/features/dark': 'true',
};

/** Searches all that a step leaves behind, but for the words by which the runner is told to mask. */
async function expectNoSecret(...runs: readonly StepRun[]): Promise<void> {
  const table = await world.table();
  const journal = JSON.stringify(world.sandbox.journal());
  for (const run of runs) {
    const log = run.log.replace(/^::add-mask::.*$/gm, '');
    const { outputs, state, summary, annotations } = run;
    const all = [log, JSON.stringify({ outputs, state, annotations }), summary, table, journal].join('\n');
    for (const secret of secrets) expect(all).not.toContain(secret);
  }
}

describe('a promotion', () => {
  test('writes what differs, encrypted with the target’s key, and is put back by a later step', async () => {
    await world.load(sit, prod);
    const dry = await world.run({ 'dry-run': 'true' });
    expect(world.writes()).toEqual([]);
    expect(dry.outputs).toMatchObject({ changed: 'false', created: '2', updated: '2', decision: 'pass' });
    expect(dry.log).toContain(
      '~ /tenants/prod/url: "https://api.example.com/v1" → "https://api.example.com/v2"',
    );
    expect(dry.log).toContain('~ /tenants/prod/database/password: a secret → a secret');
    expect(dry.log).toContain('= /tenants/prod/legacy: "yes" → not at the source; stays');

    const run = await world.run();
    expect(errorsOf(run)).toBe('');
    expect(run.outputs).toMatchObject({
      ...{ changed: 'true', created: '2', updated: '2', unchanged: '1', restored: '0' },
      ...{ promotion: '7001', decision: 'pass' },
    });
    expect(await world.values()).toEqual(after);
    expect(await world.history('/tenants/prod/database/password')).toEqual([
      's3cr3t-old-value (alias/prod)',
      's3cr3t-new-value (alias/prod)',
    ]);
    for (const secret of ['s3cr3t-new-value', 's3cr3t-first-time'])
      expect(run.log).toContain(`::add-mask::${secret}`);
    expect(run.summary).toContain('Written: 2 new, 2 changed; 1 the same');

    const again = await world.run();
    expect(again.outputs).toMatchObject({ changed: 'false', created: '0', updated: '0', unchanged: '5' });

    const restore = await world.run({ operation: 'restore' });
    expect(restore.outputs).toMatchObject({ changed: 'true', restored: '4', decision: '' });
    expect(await world.values()).toEqual(before);
    expect((await world.history('/tenants/prod/database/password')).at(-1)).toBe(
      's3cr3t-old-value (alias/prod)',
    );
    const writes = world.writes().length;
    const twice = await world.run({ operation: 'restore' });
    expect(twice.outputs).toMatchObject({ changed: 'false', restored: '0' });
    expect(twice.log).toContain('was put back before');
    expect(world.writes()).toHaveLength(writes);
    await expectNoSecret(dry, run, again, restore, twice);
  });
});
