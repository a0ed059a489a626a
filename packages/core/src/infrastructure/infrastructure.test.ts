import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { damage } from '../../../../test/damage.ts';
import type { ReportFile } from '../reports/index.ts';
import { type InfrastructureLimits, infrastructureGate, readInfrastructure } from './index.ts';

const fixture = (name: string) => readFileSync(join('test/fixtures/infrastructure', name), 'utf8');
const clock = { now: () => Date.parse('2026-03-03T20:05:00Z'), sleep: async () => {} };

function file(path: string, text: string): ReportFile {
  return {
    path,
    size: text.length,
    async *text() {
      for (let at = 0; at < text.length; at += 1_000) yield text.slice(at, at + 1_000);
    },
    elements: () => Promise.reject(new Error('is no XML')),
  };
}

/** The gate on texts by path. */
async function gate(texts: Readonly<Record<string, string>>, over: Partial<InfrastructureLimits> = {}) {
  const plans = Object.keys(texts);
  const result = await infrastructureGate(
    { plans, limits: { destroy: 'refuse', drift: 'report', allow: [], ...over }, subject: {} },
    {
      find: async (patterns) => patterns.map((pattern) => ({ pattern, paths: [pattern] })),
      open: async (path) => file(path, texts[path] ?? ''),
    },
    clock,
  );
  return { ...result, decision: result.report.decision, told: result.report.findings };
}
const one = (name: string, over: Partial<InfrastructureLimits> = {}) => gate({ p: fixture(name) }, over);
const changed = (name: string, change: (value: Record<string, unknown>) => object) =>
  JSON.stringify(change(JSON.parse(fixture(name))));

describe('a plan of Terraform', () => {
  test('passes when nothing is lost, also when nothing changes', async () => {
    const { decision, told, ...counts } = await one('terraform-sound.json');
    expect([decision, counts.destroyed, counts.changed]).toEqual(['pass', 0, 2]);
    expect(told.map(({ message }) => message)).toEqual([
      'p (Terraform plan, 1.9.5): 1 to create, 1 to update.',
    ]);
    expect((await one('terraform-nothing.json')).decision).toBe('pass');
  });

  test('fails when something is deleted or replaced, each named with the reason and no value', async () => {
    const { decision, told, destroyed, changed } = await one('terraform-destroys.json');
    expect([decision, destroyed, changed]).toEqual(['fail', 3, 4]);
    expect(told.map(({ outcome, message }) => [outcome, message])).toEqual([
      [
        'fail',
        'p (Terraform plan, 1.9.5) would destroy aws_dynamodb_table.deployments, module.legacy["eu-west-1"].aws_sqs_queue.old[0] and aws_instance.bastion: 1 to update, 2 to replace, 1 to delete, 1 to leave unmanaged.',
      ],
      [
        'fail',
        'aws_dynamodb_table.deployments would be deleted and made anew: hash_key, range_key cannot be changed in place.',
      ],
      [
        'fail',
        'module.legacy["eu-west-1"].aws_sqs_queue.old[0] would be deleted: it is no longer in the configuration.',
      ],
      ['fail', 'aws_instance.bastion would be deleted and made anew: it is tainted.'],
      ['info', 'aws_security_group.orders was changed by other hands.'],
    ]);
    expect(JSON.stringify(told)).not.toContain('hunter2');
  });

  test('many losses are all counted, five named at once, twenty one by one; what only may be lost is said so', async () => {
    const many = Array.from({ length: 30 }, (_, at) => ({
      address: `a.b${at}`,
      change: { actions: ['delete'] },
    }));
    const { told } = await gate({
      p: changed('terraform-sound.json', (plan) => ({ ...plan, resource_changes: many })),
    });
    expect(told[0]?.message).toBe(
      'p (Terraform plan, 1.9.5) would destroy a.b0, a.b1, a.b2, a.b3, a.b4 and 25 more: 30 to delete; the first 20 are listed.',
    );
    expect(told).toHaveLength(21);
    const perhaps = changed('change-set-destroys.json', (set) => ({
      ...set,
      Changes: (set.Changes as { ResourceChange: { LogicalResourceId: string } }[]).filter(
        ({ ResourceChange }) => ResourceChange.LogicalResourceId === 'OrdersRule',
      ),
    }));
    expect((await gate({ p: perhaps })).told[0]?.message).toContain(
      ') may destroy OrdersRule: 1 to replace perhaps.',
    );
  });

  test('passes when each loss is allowed or the policy only reports them', async () => {
    const allow = [
      { pattern: 'aws_dynamodb_table.deployments', reason: 'restored from the backup of CHG-7' },
      { pattern: 'module.legacy*', reason: 'moved to orders-v2' },
      { pattern: 'aws_instance.*', reason: 'holds nothing' },
      { pattern: 'aws_s3_bucket.logs', reason: 'stays' },
    ];
    const allowed = await one('terraform-destroys.json', { allow });
    expect([allowed.decision, allowed.destroyed]).toEqual(['pass', 3]);
    expect(allowed.told.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/old\[0\] would be deleted.*Allowed: moved to orders-v2\.$/),
        'Nothing here needs what `allow` says of aws_s3_bucket.logs.',
      ]),
    );
    expect((await one('terraform-destroys.json', { allow: allow.slice(0, 2) })).decision).toBe('fail');
    expect((await one('terraform-destroys.json', { destroy: 'report' })).decision).toBe('pass');
  });

  test('fails on drift where it is refused, on age, and on a plan that failed; holds for what is left for later', async () => {
    expect((await one('terraform-destroys.json', { destroy: 'report', drift: 'refuse' })).decision).toBe(
      'fail',
    );
    expect((await one('terraform-sound.json', { maxAge: 15 * 60_000 })).decision).toBe('pass');
    const old = await one('terraform-sound.json', { maxAge: 15 * 60_000 - 1 });
    expect(old.told[1]).toMatchObject({ outcome: 'fail', check: 'age', seen: '15m' });
    const ageless = changed('terraform-sound.json', ({ timestamp, ...rest }) => rest);
    expect((await gate({ p: ageless }, { maxAge: 1 })).decision).toBe('hold');
    const failed = changed('terraform-sound.json', (plan) => ({ ...plan, errored: true }));
    expect((await gate({ p: failed })).told[0]?.message).toContain('ended in an error');
    const part = changed('terraform-sound.json', (plan) => ({ ...plan, complete: false }));
    expect((await gate({ p: part })).decision).toBe('hold');
  });

  test('any set of actions that is not known to keep the resource counts as its loss', async () => {
    const kept = ['', 'no-op', 'read', 'create', 'update', 'forget', 'create,forget'];
    const action = fc.constantFrom('no-op', 'create', 'read', 'update', 'delete', 'forget', 'vanish');
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(action, { maxLength: 3 }), async (actions) => {
        const change = { address: 'a.b', mode: 'managed', change: { actions } };
        const text = changed('terraform-sound.json', (plan) => ({ ...plan, resource_changes: [change] }));
        const { decision } = await gate({ p: text });
        expect(decision).toBe(kept.slice(1).includes(actions.join(',')) ? 'pass' : 'fail');
      }),
    );
  });
});

describe('what Terraform 1.11 writes', () => {
  test('plans that keep all pass', async () => {
    for (const name of ['terraform-1.11-sound.json', 'terraform-1.11-nothing.json'])
      expect((await one(name, { drift: 'refuse', maxAge: Number.MAX_SAFE_INTEGER })).decision).toBe('pass');
  });

  test('a plan that destroys fails, with the reasons, and without a value', async () => {
    const { decision, told, destroyed, changed } = await one('terraform-1.11-destroys.json');
    expect([decision, destroyed, changed]).toEqual(['fail', 3, 4]);
    expect(told.map(({ message }) => message)).toEqual([
      'p (Terraform plan, 1.11.4) would destroy terraform_data.alias, terraform_data.queues["old"] and terraform_data.table: 1 to update, 2 to replace, 1 to delete, 1 to leave unmanaged.',
      'terraform_data.alias would be deleted and made anew: it is tainted.',
      'terraform_data.queues["old"] would be deleted: its key is no longer in for_each.',
      'terraform_data.table would be deleted and made anew: triggers_replace cannot be changed in place.',
    ]);
    expect(fixture('terraform-1.11-destroys.json')).toContain('hunter2');
    expect(JSON.stringify(told)).not.toContain('hunter2');
  });

  test('a state and a log are no plans', async () => {
    await expect(readInfrastructure(file('p', fixture('terraform-1.11-state.json')))).rejects.toThrow(
      'is a state of Terraform, not a plan',
    );
    await expect(readInfrastructure(file('p', fixture('terraform-1.11-log.json')))).rejects.toThrow(
      'is the log that `terraform plan -json` writes',
    );
  });
});

describe('CloudFormation', () => {
  test('a change set that keeps all passes, one without changes, too', async () => {
    expect((await one('change-set-sound.json')).decision).toBe('pass');
    expect((await one('change-set-nothing.json')).decision).toBe('pass');
    const failed = changed('change-set-nothing.json', (set) => ({
      ...set,
      StatusReason: 'No such template',
    }));
    expect((await gate({ p: failed })).told[0]?.message).toBe(
      'p is a change set whose status is FAILED (No such template).',
    );
  });

  test('a change set that replaces, may replace or removes fails; what is retained stays', async () => {
    const { decision, told, destroyed } = await one('change-set-destroys.json');
    expect([decision, destroyed]).toEqual(['fail', 3]);
    expect(told.map(({ outcome, message }) => [outcome, message])).toEqual([
      [
        'fail',
        expect.stringContaining('1 to update, 1 to replace, 1 to replace perhaps, 1 to delete, 1 to leave'),
      ],
      ['fail', 'DeploymentsTable would be deleted and made anew: KeySchema cannot be changed in place.'],
      ['fail', 'OrdersRule may be deleted and made anew: Name cannot be changed in place.'],
      ['fail', 'OldQueue would be deleted.'],
      ['hold', expect.stringContaining('changes the stack Network, and the change set of that stack is not')],
    ]);
  });

  test('a nested stack is seen when its change set is there', async () => {
    const nested = changed('change-set-sound.json', (set) => ({
      ...set,
      ChangeSetId:
        'arn:aws:cloudformation:af-south-1:222222222222:changeSet/network/1a2345b6-0000-0000-0000-a123bcd45678',
    }));
    const texts = { p: fixture('change-set-destroys.json'), n: nested };
    expect((await gate(texts, { destroy: 'report' })).decision).toBe('pass');
  });

  test('stacks must be at rest; drift counts where it is refused', async () => {
    expect((await one('stacks-sound.json', { drift: 'refuse' })).decision).toBe('pass');
    const { decision, told } = await one('stacks-troubled.json', { drift: 'refuse' });
    expect(decision).toBe('fail');
    expect(told.map(({ outcome, check, seen }) => [outcome, check, seen])).toEqual([
      ['fail', 'stack status', 'UPDATE_ROLLBACK_FAILED'],
      ['fail', 'drift', 'DRIFTED'],
      ['hold', 'stack status', 'UPDATE_IN_PROGRESS'],
      ['hold', 'drift', 'NOT_CHECKED'],
      ['fail', 'stack status', 'ROLLBACK_COMPLETE'],
      ['hold', 'drift', 'NOT_CHECKED'],
    ]);
    expect((await one('drifts.json')).decision).toBe('pass');
    const drifts = await one('drifts.json', { drift: 'refuse' });
    expect(drifts.told.map(({ message }) => message)).toEqual([
      'OrdersQueue was changed by other hands.',
      'OldQueue was changed by other hands.',
    ]);
    expect(JSON.stringify(drifts)).not.toContain('hunter2');
  });
});

describe('what is no plan', () => {
  test.each([
    ['', 'is empty'],
    ['PK\u0003\u0004', 'is a plan as Terraform keeps it. Write it as JSON'],
    [fixture('terraform-state.json'), 'is a state of Terraform, not a plan'],
    ['{"version": 4, "terraform_version": "1.9.5", "serial": 1}', 'is a state of Terraform'],
    [fixture('terraform-log.json'), 'is the log that `terraform plan -json` writes'],
    ['{"format_version": "2.0"}', 'is a plan of format 2.0; format 1 is known here'],
    ['{"format_version": 1}', 'is a plan of format 1; format 1 is known'],
    ['{"format_version": "1.2"}', 'looks like a Terraform plan of format 1.2 but is not: at planned_values'],
    [fixture('terraform-sound.json').slice(0, -20), 'is no whole JSON: it breaks off'],
    ['{"Stacks": []}', 'names no stack'],
    ['{"StackResourceDrifts": []}', 'the drift of the stack was not detected'],
    ['{"Stacks": [], "NextToken": "x"}', 'is one page of several'],
    ['{}', 'is an empty JSON object'],
    ['[]', 'begins with `[]`, which is no format known here'],
    ['{"a": 1}', 'is JSON with `a`, which is no format known here: `terraform show -json <plan>`'],
    [`{"format_version":${'['.repeat(100_000)}`, 'is nested more than 100 levels deep'],
  ])('%#: it is said why', async (text, message) => {
    await expect(readInfrastructure(file('p', text))).rejects.toThrow(message);
    expect((await gate({ p: text })).decision).toBe('fail');
  });

  test('more than is held is not read', async () => {
    const huge = { ...file('p', '{}'), size: 65 * 1_048_576 };
    await expect(readInfrastructure(huge)).rejects.toThrow('has 65 MiB; at most 64 MiB are read');
  });

  test('a file with anything put in place of one of its values ends in facts or in words, and prints no value', async () => {
    const names = ['terraform-sound.json', 'terraform-destroys.json', 'change-set-destroys.json'];
    names.push('stacks-troubled.json', 'drifts.json');
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), fc.nat(), fc.jsonValue(), async (name, at, other) => {
        const value = JSON.parse(fixture(name));
        damage(value, at, other);
        const { told } = await gate({ p: JSON.stringify(value) });
        expect(told.length).toBeGreaterThan(0);
        expect(JSON.stringify(told)).not.toContain('hunter2');
      }),
      { numRuns: 300 },
    );
  });
});
