import { DynamoDBClient, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetParametersByPathCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Attributes, verifyChain } from '@promo-actions/core/deployment';
import { createDeployments, createGitHub } from '@promo-actions/gateways/github';
import { machineClock } from '@promo-actions/gateways/machine-clock';
import { type Sandbox, startSandbox } from '@promo-actions/sandbox';
import { errorsOf, runAction } from '../bundle/run.ts';
import { clientConfiguration } from '../sandbox/aws.ts';

const foreign = {
  deployment_id: 'deploy-20250101',
  environment: 'prod',
  version: 'v0.9.0',
  tags: ['old', { by: 'hand' }],
};
let sandbox: Sandbox;
let dynamo: DynamoDBClient;
let ssm: SSMClient;

beforeEach(async () => {
  sandbox = await startSandbox({
    start: '2026-03-03T20:05:00Z',
    world: {
      accounts: { prod: { id: '222222222222', region: 'af-south-1' } },
      dynamodb: [
        { account: 'prod', table: 'deployments', key: 'deployment_id', items: [foreign] },
        { account: 'prod', table: 'sorted', key: 'deployment_id', sort: 'timestamp' },
      ],
      github: {
        repository: 'example/tenant-service',
        'default-branch': 'main',
        branches: ['main'],
        tokens: { ghs_token: { deployments: 'write' }, ghs_reader: { contents: 'read' } },
      },
    },
  });
  dynamo = new DynamoDBClient(clientConfiguration(sandbox));
  ssm = new SSMClient(clientConfiguration(sandbox));
});
afterEach(async () => {
  dynamo.destroy();
  ssm.destroy();
  await sandbox.close();
});

const base = {
  environment: 'prod',
  service: 'tenant-service',
  status: 'succeeded',
  'to-version': 'v1.4.0',
  table: 'deployments',
  project: 'tenants',
};
const run = (inputs: Readonly<Record<string, string>> = {}, env: Readonly<Record<string, string>> = {}) =>
  runAction('record-deployment', {
    sandbox: sandbox.environment(),
    inputs: { ...base, ...inputs },
    env,
  });
const writes = () =>
  sandbox
    .journal()
    .filter(({ operation }) => /^(Put|Update|Create|Delete|POST)/i.test(operation))
    .map(({ operation }) => operation);

/** Read by the SDK, not by the product. */
async function records(): Promise<Attributes[]> {
  const { Items = [] } = await dynamo.send(
    new ScanCommand({ TableName: 'deployments', ConsistentRead: true }),
  );
  return Items.filter((item) => item.sequence)
    .map((item) =>
      Object.fromEntries(
        Object.entries(item).map(([name, value]) => [
          name,
          value.N === undefined ? (value.S ?? '') : Number(value.N),
        ]),
      ),
    )
    .sort((a, b) => Number(a.sequence) - Number(b.sequence));
}
async function parameters(path = '/tenants/prod'): Promise<Record<string, string>> {
  const { Parameters = [] } = await ssm.send(new GetParametersByPathCommand({ Path: path, Recursive: true }));
  return Object.fromEntries(Parameters.map(({ Name = '', Value = '' }) => [Name, Value]));
}

test('a promotion: started, then succeeded; the log, its current version and SSM say so', async () => {
  const gates = {
    window: JSON.stringify({
      gate: 'maintenance-window',
      decision: 'pass',
      subject: {},
      at: '2026-03-03T20:05:00Z',
      findings: [],
    }),
    jira: '',
  };
  expect((await run({ status: 'started', ticket: 'CHG-101' })).outputs).toMatchObject({
    sequence: '1',
    'current-version': '',
  });
  const step = await run({ ticket: 'CHG-101', components: 'tenant-service=2', gates: JSON.stringify(gates) });
  expect(step.code).toBe(0);
  expect(step.outputs).toMatchObject({
    'deployment-id': 'prod/tenant-service/promote/7001-1',
    record: 'prod/tenant-service/promote/7001-1/succeeded',
    sequence: '2',
    'current-version': 'v1.4.0',
    changed: 'true',
  });
  const log = await records();
  expect(log.map(({ status, action, actor }) => [status, action, actor])).toEqual([
    ['started', 'promote', 'release-manager'],
    ['succeeded', 'promote', 'release-manager'],
  ]);
  expect(log[1]).toMatchObject({
    timestamp: '2026-03-03T20:05:00Z',
    environment: 'prod',
    service: 'tenant-service',
    to_version: 'v1.4.0',
    ticket: 'CHG-101',
    run_url: 'https://github.com/example/tenant-service/actions/runs/7001',
    components: '[{"name":"tenant-service","version":"2"}]',
    hash: step.outputs.hash,
  });
  expect(
    JSON.parse(String(log[1]?.gates)).map(({ gate, decision }: Record<string, string>) => [gate, decision]),
  ).toEqual([
    ['maintenance-window', 'pass'],
    ['jira', 'skipped'],
  ]);
  expect(verifyChain(log, { hash: step.outputs.hash ?? '' })).toEqual([]);
  expect(await parameters()).toEqual({
    '/tenants/prod/deployed-version': 'v1.4.0',
    '/tenants/prod/deployed-at': '2026-03-03T20:05:00Z',
  });
  expect(step.summary).toContain('| maintenance-window | pass |');
});

test('twice in one run writes once; in the next attempt it is another deployment', async () => {
  const first = await run();
  const before = writes();
  const again = await run();
  expect(again.outputs).toMatchObject({ hash: first.outputs.hash, sequence: '1', changed: 'false' });
  expect(writes()).toEqual(before);
  expect((await run({}, { GITHUB_RUN_ATTEMPT: '2' })).outputs).toMatchObject({
    sequence: '2',
    'from-version': 'v1.4.0',
  });
});

test('a rollback is recorded with its reason and changes what is current; a rolled-back promotion does not', async () => {
  await run();
  await run(
    { status: 'rolled-back', 'to-version': 'v1.5.0', reason: 'errors 5 %' },
    { GITHUB_RUN_ID: '7002' },
  );
  expect((await parameters())['/tenants/prod/deployed-version']).toBe('v1.4.0');
  const back = await run(
    { action: 'rollback', 'to-version': 'v1.3.0', reason: 'INC-7' },
    { GITHUB_RUN_ID: '7003' },
  );
  expect(back.outputs).toMatchObject({
    sequence: '3',
    'from-version': 'v1.4.0',
    'current-version': 'v1.3.0',
  });
  expect((await parameters())['/tenants/prod/deployed-version']).toBe('v1.3.0');
});

test('runs at the same time make one chain, and the last one is current', async () => {
  const steps = await Promise.all(
    ['1', '2', '3', '4'].map((id) => run({ 'to-version': `v1.${id}.0` }, { GITHUB_RUN_ID: id })),
  );
  expect(steps.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  const log = await records();
  expect(log.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
  expect(verifyChain(log)).toEqual([]);
  expect((await parameters())['/tenants/prod/deployed-version']).toBe(log.at(-1)?.to_version);
});

describe('killed at any call', () => {
  test.each([1, 2, 3, 4])(
    'call %d: the append is completed by whoever comes next, and by the same step',
    async (nth) => {
      sandbox.inject({ service: 'dynamodb', nth, times: 5, status: 500, code: 'InternalServerError' });
      const failed = await run();
      expect(failed.code).toBe(1);
      expect(errorsOf(failed)).toContain(
        nth < 4
          ? 'Changed before this: nothing.'
          : 'Changed before this: the head of the chain carries record 1',
      );
      const other = await run({ 'deployment-id': 'other' });
      expect([other.code, other.outputs.sequence]).toEqual([0, nth < 4 ? '1' : '2']);
      expect((await run()).code).toBe(0);
      const log = await records();
      expect(log.map(({ deployment }) => deployment).sort()).toEqual([
        'other',
        'prod/tenant-service/promote/7001-1',
      ]);
      expect(verifyChain(log)).toEqual([]);
    },
  );

  test('an answer that was lost is found again', async () => {
    sandbox.inject({ service: 'dynamodb', operation: 'PutItem', nth: 1, drop: 'after' });
    const step = await run();
    expect(step.outputs).toMatchObject({ sequence: '1', changed: 'true' });
    expect(await records()).toHaveLength(1);
  });
});

test('a failure says what was written before it, with the request ID', async () => {
  sandbox.inject({
    service: 'ssm',
    operation: 'PutParameter',
    nth: 2,
    times: 5,
    status: 400,
    code: 'ThrottlingException',
  });
  const step = await run();
  expect(step.code).toBe(1);
  const message = errorsOf(step);
  expect(message).toContain('parameter `/tenants/prod/deployed-at` could not be written');
  expect(message).toMatch(
    /Changed before this: record 1 `prod\/tenant-service\/promote\/7001-1\/succeeded` in table `deployments` in af-south-1; parameter `\/tenants\/prod\/deployed-version` = v1\.4\.0\./,
  );
  expect(message).toMatch(/request ID [0-9a-f-]{36}/);
  expect((await run()).code).toBe(0);
  expect(Object.keys(await parameters())).toHaveLength(2);
});

test('throttling that ends is outlasted', async () => {
  sandbox.inject({
    service: 'dynamodb',
    nth: 1,
    times: 2,
    status: 400,
    code: 'ProvisionedThroughputExceededException',
  });
  sandbox.inject({ service: 'ssm', nth: 1, times: 2, status: 400, code: 'ThrottlingException' });
  expect((await run()).code).toBe(0);
});

test('a table that is not there is named, with its region and how to make it', async () => {
  const step = await run({ table: 'no-such-table' });
  expect(step.code).toBe(1);
  expect(errorsOf(step)).toContain(
    'There is no table `no-such-table` in af-south-1 in the account of this job',
  );
  expect(errorsOf(step)).toContain(
    'aws dynamodb create-table --table-name no-such-table --attribute-definitions AttributeName=deployment_id,AttributeType=S',
  );
  expect(errorsOf(step)).toContain('Changed before this: nothing.');
});

test('a permission that lacks is named', async () => {
  sandbox.inject({
    service: 'dynamodb',
    operation: 'PutItem',
    nth: 1,
    status: 400,
    code: 'AccessDeniedException',
  });
  expect(errorsOf(await run())).toContain('Allow `dynamodb:PutItem` to the role of this job');
});

test('a parameter that is a secret is not taken for a version', async () => {
  await ssm.send(
    new PutParameterCommand({ Name: '/tenants/prod/deployed-version', Value: 'x', Type: 'SecureString' }),
  );
  expect(errorsOf(await run())).toContain('Parameter `/tenants/prod/deployed-version` is a SecureString');
  expect((await parameters())['/tenants/prod/deployed-at']).toBeUndefined();
});

test('a table with a sort key is told', async () => {
  expect(errorsOf(await run({ table: 'sorted' }))).toContain('is not keyed by `deployment_id` alone');
});

test('items of others stay as they are', async () => {
  await run();
  const { Items = [] } = await dynamo.send(new ScanCommand({ TableName: 'deployments' }));
  expect(Items).toHaveLength(3);
  const kept = Items.find((item) => item.deployment_id?.S === 'deploy-20250101');
  expect(kept).toEqual({
    deployment_id: { S: 'deploy-20250101' },
    environment: { S: 'prod' },
    version: { S: 'v0.9.0' },
    tags: { L: [{ S: 'old' }, { M: { by: { S: 'hand' } } }] },
  });
});

test("a head that is somebody else's item is not overwritten", async () => {
  const Item = { deployment_id: { S: 'current/prod/tenant-service' }, owner: { S: 'somebody' } };
  await dynamo.send(new PutItemCommand({ TableName: 'deployments', Item }));
  expect(errorsOf(await run())).toContain('is not the head of a chain of records');
});

test('a dry run says what it would write, and writes nothing', async () => {
  const step = await run({ 'dry-run': 'true' });
  expect([step.code, step.outputs.changed]).toEqual([0, 'false']);
  expect(step.log).toContain(
    'Would write record 1 `prod/tenant-service/promote/7001-1/succeeded` in table `deployments` in af-south-1; parameter `/tenants/prod/deployed-version` = v1.4.0',
  );
  expect(writes()).toEqual([]);
});

/** The last state of each GitHub Deployment, newest first. */
async function shownStates(): Promise<readonly (string | undefined)[]> {
  const github = createGitHub({ token: 'ghs_token', clock: machineClock, apiUrl: `${sandbox.url}/github` });
  const deployments = createDeployments(github, 'example/tenant-service');
  const shown = await deployments.list({ environment: 'prod' });
  return Promise.all(shown.map(({ id }) => deployments.stateOf(id)));
}

test('a GitHub Deployment is made once and follows the record', async () => {
  const inputs = { 'github-deployment': 'true', token: 'ghs_token', ref: 'main' };
  const started = await run({ ...inputs, status: 'started' });
  const succeeded = await run(inputs);
  expect([started.code, succeeded.code]).toEqual([0, 0]);
  expect(started.outputs['github-deployment']).toMatch(/^\d+$/);
  expect(succeeded.outputs['github-deployment']).toBe(started.outputs['github-deployment']);
  expect(succeeded.log).not.toContain('ghs_token ');
  await run({ ...inputs, status: 'failed' }, { GITHUB_RUN_ID: '7002' });
  await run(inputs, { GITHUB_RUN_ID: '7003' });
  expect(await shownStates()).toEqual(['success', 'failure', 'inactive']);
});

test('a job that may not show deployments warns, and records nevertheless', async () => {
  const step = await run({ 'github-deployment': 'true', token: 'ghs_reader', ref: 'main' });
  expect([step.code, step.outputs.changed, step.outputs['github-deployment']]).toEqual([0, 'true', '']);
  expect(step.log).toContain('::warning::The record stands, but GitHub does not show it');
  expect(step.log).toContain('`deployments: read`');
});

test('without parameters nothing is asked of SSM', async () => {
  expect((await run({ parameters: 'false' })).code).toBe(0);
  expect(sandbox.journal().filter(({ service }) => service === 'ssm')).toEqual([]);
});

test('every contradiction is told at once, and nothing is called', async () => {
  const step = await runAction('record-deployment', {
    sandbox: sandbox.environment(),
    inputs: {
      status: 'succeeded',
      action: 'rollback',
      components: 'tenant-service',
      table: 'deployments',
      gates: '[{"gate": 1}]',
    },
  });
  expect(step.code).toBe(1);
  for (const input of ['environment', 'service', 'to-version', 'reason', 'components', 'gates'])
    expect(errorsOf(step)).toMatch(new RegExp(`^  ${input}: `, 'm'));
  expect(sandbox.journal()).toEqual([]);
  expect(errorsOf(await run({ 'ssm-prefix': '/{project}/{stage}' }))).toContain(
    'ssm-prefix: got "/{project}/{stage}"',
  );
});
