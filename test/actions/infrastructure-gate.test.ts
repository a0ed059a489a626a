import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { errorsOf, runAction, type StepRun } from '../bundle/run.ts';
import { gatePage } from '../gates/refusals.ts';

const page = gatePage('infrastructure-gate');

const fixture = (name: string) => readFileSync(join('test/fixtures/infrastructure', name), 'utf8');

/** The gate on files of the checkout. */
function gate(
  files: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>> = {},
): Promise<StepRun> {
  return runAction('infrastructure-gate', {
    files,
    inputs: { plans: 'plans/*', environment: 'prod', service: 'orders', version: 'v1.4.0', ...inputs },
  });
}
const everywhere = (run: StepRun) => `${run.log}${run.summary}${JSON.stringify(run.outputs)}`;

test('sound plans of each kind pass', async () => {
  const run = await gate({
    'plans/terraform.json': fixture('terraform-sound.json'),
    'plans/set.json': fixture('change-set-sound.json'),
    'plans/stacks.json': fixture('stacks-sound.json'),
  });
  const { decision, read, destroyed, changed, report = '{}' } = run.outputs;
  expect([run.code, decision, read, destroyed, changed]).toEqual([0, 'pass', '3', '0', '4']);
  expect(JSON.parse(report)).toMatchObject({
    gate: 'infrastructure-gate',
    subject: { environment: 'prod', service: 'orders', version: 'v1.4.0' },
  });
  expect(run.summary).toContain('### ✅ infrastructure-gate: pass');
  expect(everywhere(run)).not.toContain('hunter2');
});

const errored = JSON.stringify({ ...JSON.parse(fixture('terraform-sound.json')), errored: true });
const partial = JSON.stringify({ ...JSON.parse(fixture('terraform-sound.json')), complete: false });
const later = JSON.stringify({ ...JSON.parse(fixture('terraform-sound.json')), format_version: '2.0' });

test.each<[string, string, Record<string, string>, 'fail' | 'hold']>([
  ['a plan that destroys', fixture('terraform-destroys.json'), {}, 'fail'],
  ['a change set that destroys', fixture('change-set-destroys.json'), {}, 'fail'],
  [
    'a nested stack that is not looked at',
    fixture('change-set-destroys.json'),
    { destroy: 'report' },
    'hold',
  ],
  ['stacks in trouble', fixture('stacks-troubled.json'), {}, 'fail'],
  ['what other hands changed', fixture('drifts.json'), { drift: 'refuse' }, 'fail'],
  ['a plan that ended in an error', errored, {}, 'fail'],
  ['a plan that leaves changes for later', partial, {}, 'hold'],
  ['a format that is not known', later, {}, 'fail'],
  ['a state in place of a plan', fixture('terraform-state.json'), {}, 'fail'],
  ['a log in place of a plan', fixture('terraform-log.json'), {}, 'fail'],
  ['a plan that is cut short', fixture('terraform-sound.json').slice(0, 400), {}, 'fail'],
])('%s', async (what, text, inputs, decision) => {
  const run = page.refused(what, await gate({ 'plans/plan.json': text }, inputs));
  expect([run.code, run.outputs.decision]).toEqual([1, decision]);
  expect(everywhere(run)).not.toContain('hunter2');
});

test('a pattern without a file', async () => {
  expect(page.refused('no plan at all', await gate({})).outputs.decision).toBe('fail');
});

test('a plan that destroys is refused in production, where the policy does not allow it, and no value is shown', async () => {
  const policy =
    'environments: { sit: { infrastructure-gate: { destroy: report } }, prod: { infrastructure-gate: { allow: { aws_instance.bastion: holds nothing } } } }';
  const files = {
    'plans/p.json': fixture('terraform-destroys.json'),
    '.github/promotion.yml': policy,
  };
  const [prod, sit] = await Promise.all([gate(files), gate(files, { environment: 'sit' })]);
  expect([prod.code, prod.outputs.decision, prod.outputs.destroyed]).toEqual([1, 'fail', '3']);
  expect(errorsOf(prod)).toContain(
    'aws_dynamodb_table.deployments would be deleted and made anew: hash_key, range_key cannot be changed in place.',
  );
  expect(prod.outputs.report).toContain('Allowed: holds nothing.');
  expect([sit.code, sit.outputs.decision]).toEqual([0, 'pass']);
  expect(everywhere(prod) + everywhere(sit)).not.toContain('hunter2');
});

test('what is missing, cut short, unknown or hostile fails; names are no commands', async () => {
  const hostile = JSON.parse(fixture('terraform-destroys.json'));
  hostile.resource_changes[0].address = 'a.b\n::stop-commands::x\n::add-mask::a';
  const run = await gate(
    {
      'plans/cut.json': fixture('terraform-sound.json').slice(0, 400),
      'plans/deep.json': '{"a":'.repeat(200_000),
      'plans/state.json': fixture('terraform-state.json'),
      'plans/hostile.json': JSON.stringify(hostile),
    },
    { plans: 'plans/*\nelsewhere/*.json' },
  );
  expect([run.code, run.outputs.decision, run.outputs.read]).toEqual([1, 'fail', '1']);
  for (const message of [
    'No file matches elsewhere/*.json',
    'plans/cut.json is no whole JSON: it breaks off.',
    'plans/deep.json is nested more than 100 levels deep.',
    'plans/state.json is a state of Terraform, not a plan.',
  ])
    expect(errorsOf(run)).toContain(message);
  expect(run.log.split('\n').filter((line) => /^\s*::(?!error::infrastructure-gate)/.test(line))).toEqual([]);
});

test('every wrong input at once', async () => {
  const run = await gate(
    {},
    { plans: '!a.json', destroy: 'yes', drift: 'no', allow: '"*": all', 'max-age': 'old', mode: 'maybe' },
  );
  expect(run.code).toBe(1);
  expect(errorsOf(run)).toContain('6 inputs are wrong; nothing was called');
  expect(errorsOf(run)).toContain('allow: got ""*": all" (a pattern of nothing but `*` allows everything');
});

page.isToldInDocs();
