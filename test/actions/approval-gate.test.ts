import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '@promo-actions/sandbox';
import { errorsOf, runAction, type StepRun } from '../bundle/run.ts';
import { gatePage } from '../gates/refusals.ts';

const page = gatePage('approval-gate');

const policy = `
environments: { sit: {}, prod: {} }
defaults:
  approval-gate:
    matrix:
      feature: { prod: [tech-lead, operations-lead], sit: [] }
      hotfix: { prod: { operations-lead: 2 } }
    roles:
      tech-lead: [dev-lead, architect]
      operations-lead: [ops-lead, architect]
    approval-environments: [prod-tech-lead, prod-operations-lead]
`;
let sandbox: Sandbox;

beforeEach(async () => {
  const tokens = { job: { actions: 'read' }, none: { contents: 'write' } } as const;
  sandbox = await startSandbox({ world: { github: { repository: 'example/tenant-service', tokens } } });
});
afterEach(() => sandbox.close());

async function review(user: string, environment: string, state = 'approved', comment = '', run = '7001') {
  const answer = await fetch(`${sandbox.url}/_sandbox/github/approvals`, {
    method: 'POST',
    body: JSON.stringify({ run_id: run, environment, state, user, comment }),
  });
  expect(answer.status).toBe(201);
}

function gate(
  inputs: Readonly<Record<string, string>> = {},
  env: Readonly<Record<string, string>> = {},
  files: Readonly<Record<string, string>> = { '.github/promotion.yml': policy },
): Promise<StepRun> {
  return runAction('approval-gate', {
    files,
    inputs: {
      environment: 'prod',
      service: 'tenant-service',
      'change-type': 'feature',
      token: 'job',
      ...inputs,
    },
    env,
    sandbox: sandbox.environment(),
  });
}
const calls = () => sandbox.journal().filter(({ operation }) => operation.includes('/repos/'));

describe('who approved', () => {
  test('one of each role passes; the chain is told, what was said included', async () => {
    await review('dev-lead', 'prod-tech-lead', 'approved', 'Tested in SIT.');
    await review('Ops-Lead', 'prod-operations-lead', 'approved', 'Go.\n::stop-commands::x');
    await review('stranger', 'prod-tech-lead', 'rejected', '', '7002');
    const run = await gate({ version: 'v1.4.0' });
    expect([run.code, run.outputs.decision, run.outputs.approvers]).toEqual([0, 'pass', 'dev-lead,ops-lead']);
    expect(JSON.parse(run.outputs.chain ?? '')).toEqual([
      {
        environment: 'prod-tech-lead',
        login: 'dev-lead',
        state: 'approved',
        comment: 'Tested in SIT.',
        role: 'tech-lead',
      },
      {
        environment: 'prod-operations-lead',
        login: 'Ops-Lead',
        state: 'approved',
        comment: 'Go. ::stop-commands::x',
        role: 'operations-lead',
      },
    ]);
    expect(JSON.parse(run.outputs.report ?? '')).toMatchObject({
      gate: 'approval-gate',
      subject: { environment: 'prod', service: 'tenant-service', version: 'v1.4.0' },
      findings: [
        { check: 'approval by tech-lead' },
        { check: 'approval by operations-lead' },
        { message: 'dev-lead approved prod-tech-lead as tech-lead, and said "Tested in SIT.".' },
        {
          subject: 'prod-operations-lead',
          message:
            'Ops-Lead approved prod-operations-lead as operations-lead, and said "Go. ::stop-commands::x".',
        },
      ],
    });
    expect(run.log).not.toMatch(/^\s*::stop-commands/m);
    expect(calls().map(({ operation }) => operation)).toEqual([
      'GET /repos/{owner}/{repo}/actions/runs/{run_id}/approvals',
    ]);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    [
      'by the actor',
      { GITHUB_ACTOR: 'OPS-lead' },
      /ops-lead approved and asked|operations-lead needs 1 and has nobody/,
    ],
    [
      'by who ran it again',
      { GITHUB_TRIGGERING_ACTOR: 'ops-lead' },
      /operations-lead needs 1 and has nobody/,
    ],
  ])('an own approval does not count: %s', async (how, env, message) => {
    await review('dev-lead', 'prod-tech-lead');
    await review('ops-lead', 'prod-operations-lead');
    const run = page.refused(`an own approval, ${how}`, await gate({}, env));
    expect([run.code, run.outputs.decision, run.outputs.approvers]).toEqual([1, 'fail', 'dev-lead']);
    expect(errorsOf(run)).toMatch(message);
    expect(run.summary).toContain(
      'ops-lead approved and asked for this change, so the approval does not count.',
    );
  });

  test('nor that of the author of the change', async () => {
    await review('dev-lead', 'prod-tech-lead');
    await review('ops-lead', 'prod-operations-lead');
    const run = page.refused(
      'an approval by the author of the change',
      await gate({ requesters: 'someone, @Dev-Lead' }),
    );
    expect(run.outputs.decision).toBe('fail');
  });

  test('one person in both roles is one person', async () => {
    await review('architect', 'prod-tech-lead');
    await review('architect', 'prod-operations-lead');
    const run = page.refused('one person for two roles', await gate());
    expect(run.outputs).toMatchObject({ decision: 'fail', approvers: 'architect' });
    await review('ops-lead', 'prod-operations-lead');
    expect((await gate()).outputs).toMatchObject({ decision: 'pass', approvers: 'architect,ops-lead' });
  });

  test('somebody with another role does not count', async () => {
    await review('dev-lead', 'prod-tech-lead');
    await review('tester', 'prod-operations-lead', 'approved', 'Fine');
    const run = page.refused('an approval by somebody with another role', await gate());
    expect([run.code, run.outputs.decision]).toEqual([1, 'fail']);
    expect(errorsOf(run)).toContain(
      '1 approval is missing: operations-lead needs 1 and has nobody. Not counted: tester has no such role.',
    );
    expect(run.summary).toContain('tester approved and is none of tech-lead and operations-lead');
  });

  test('a rejection fails, in whichever environment, and whatever is approved', async () => {
    await review('dev-lead', 'prod-tech-lead');
    await review('ops-lead', 'prod-operations-lead');
    await review('tester', 'sit', 'rejected', 'Not on my watch');
    const run = page.refused('a rejection, in whichever environment', await gate());
    expect([run.code, run.outputs.decision]).toEqual([1, 'fail']);
    expect(errorsOf(run)).toContain('tester rejected sit: Not on my watch.');
    expect(errorsOf(run)).toContain('start a new run');
  });

  test('what is not answered holds; what nobody was asked fails and says how to ask', async () => {
    await review('dev-lead', 'prod-tech-lead');
    const silent = page.refused('a role that nobody was asked for', await gate());
    expect([silent.code, silent.outputs.decision]).toEqual([1, 'fail']);
    expect(errorsOf(silent)).toContain('Nobody was asked about prod-operations-lead');
    await review('ops-lead', 'prod-operations-lead', 'pending');
    const waiting = page.refused('an approval that is still pending', await gate());
    expect([waiting.code, waiting.outputs.decision]).toEqual([1, 'hold']);
    expect(errorsOf(waiting)).toContain(
      'Ask ops-lead or architect to review at https://github.com/example/tenant-service/actions/runs/7001',
    );
  });

  test('a change type asks for others, or for nobody', async () => {
    await review('ops-lead', 'prod-operations-lead');
    const hotfix = page.refused(
      'fewer people of a role than the change needs',
      await gate({ 'change-type': 'hotfix' }),
    );
    expect(errorsOf(hotfix)).toContain('1 approval is missing: operations-lead needs 2 and has ops-lead.');
    const nobody = await gate({ environment: 'sit' });
    expect(nobody.outputs).toMatchObject({ decision: 'pass', approvers: '' });
  });

  test('an app asked for somebody: who that was must be said', async () => {
    await review('dev-lead', 'prod-tech-lead');
    await review('ops-lead', 'prod-operations-lead');
    const env = { GITHUB_ACTOR: 'deployer[bot]' };
    const run = page.refused('a run that an app started for nobody known', await gate({}, env));
    expect([run.code, run.outputs.decision]).toEqual([1, 'hold']);
    expect(errorsOf(run)).toContain('Name who asked in `requesters`');
    expect((await gate({ requesters: 'release-manager' }, env)).outputs.decision).toBe('pass');
  });

  test('with mode: warn it reports and lets pass', async () => {
    const run = await gate({ mode: 'warn' });
    expect([run.code, run.outputs.decision]).toEqual([0, 'fail']);
    expect(run.annotations).toMatchObject([{ level: 'warning' }]);
  });
});

describe('bad days', () => {
  test('a missing permission is named', async () => {
    const run = page.refused('a job that may not read the reviews', await gate({ token: 'none' }));
    expect(errorsOf(run)).toContain('The reviews of run 7001 of example/tenant-service could not be read.');
    expect(errorsOf(run)).toContain('`permissions:` with `actions: read`');
  });

  test('a busy GitHub is waited for; one that stays away is told', async () => {
    await review('dev-lead', 'prod-tech-lead');
    await review('ops-lead', 'prod-operations-lead');
    sandbox.inject({ service: 'github', nth: 1, times: 2, status: 429, code: 'RateLimited' });
    expect((await gate()).outputs.decision).toBe('pass');
    sandbox.inject({ service: 'github', status: 503 });
    expect(errorsOf(await gate())).toMatch(/could not be read\..*after 5 attempts: HTTP 503/);
  });

  test('every wrong input at once, and nothing is asked', async () => {
    const run = await gate(
      {
        environment: '',
        'change-type': 'bugfix',
        matrix: 'bugfix: { prod: [tech-lead] }',
        roles: '[dev-lead]',
        'approval-environments': '',
        mode: 'maybe',
      },
      {},
      {},
    );
    expect(run.code).toBe(1);
    for (const message of [
      'environment: is missing; who must approve depends on it',
      'change-type: got "bugfix", expected one of `feature`',
      'matrix: got "bugfix: { prod: [tech-lead] }" (`bugfix` is no change type',
      'roles: got "[dev-lead]" (it is a list',
      'approval-environments: is missing',
      'mode: got "maybe"',
    ])
      expect(errorsOf(run)).toContain(message);
    expect(errorsOf(run)).toContain('6 inputs are wrong; nothing was called');
    expect(calls()).toEqual([]);
  });

  test.each<[string, Record<string, string>, string]>([
    ['no matrix', { matrix: '' }, 'matrix: is missing; expected a map of change types'],
    [
      'a matrix without this change',
      { 'change-type': 'configuration' },
      'matrix (.github/promotion.yml:6:7): says nothing of a configuration in `prod`',
    ],
    [
      'a role that nobody has',
      { matrix: 'any: { any: [security] }' },
      'roles (.github/promotion.yml:9:7): does not say who is `security`',
    ],
    [
      'too few people',
      { roles: '{ tech-lead: architect, operations-lead: architect }' },
      'roles: has no 2 different people',
    ],
  ])('%s', async (_, inputs, message) => {
    const bare = { '.github/promotion.yml': policy.replace(/ {4}matrix:.*? {4}roles:/s, '    roles:') };
    const run = await (inputs.matrix === '' ? gate(inputs, {}, bare) : gate(inputs));
    expect(errorsOf(run)).toContain(message);
    expect(calls()).toEqual([]);
  });
});

page.isToldInDocs();
