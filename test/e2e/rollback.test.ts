import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { LambdaClient, ListAliasesCommand } from '@aws-sdk/client-lambda';
import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, expect, test } from '@jest/globals';
import { sample } from '../sample.ts';
import { endRehearsals, example, rehearseAndKeep } from './example.ts';

afterEach(endRehearsals);

/** What an outsider sees of production, through the AWS SDK alone. */
async function production(url: string) {
  const options = {
    endpoint: url,
    region: 'af-south-1',
    credentials: { accessKeyId: '222222222222', secretAccessKey: 'any' },
  };
  const { Aliases = [] } = await new LambdaClient(options).send(
    new ListAliasesCommand({ FunctionName: 'tenant-service' }),
  );
  const { Items = [] } = await new DynamoDBClient(options).send(
    new ScanCommand({ TableName: 'deployments' }),
  );
  const { Parameters = [] } = await new SSMClient(options).send(
    new GetParametersByPathCommand({ Path: '/tenants/prod', Recursive: true }),
  );
  const lock = Items.find(({ deployment_id }) => deployment_id?.S === 'lock#prod#tenant-service');
  return {
    aliases: Object.fromEntries(
      Aliases.map(({ Name = '', FunctionVersion, RoutingConfig }) => [
        Name.replace(/-\d{8}-\d{6}$/, ''),
        { version: FunctionVersion, weights: RoutingConfig?.AdditionalVersionWeights ?? {} },
      ]),
    ),
    records: Items.filter((item) => item.sequence).map((item) => ({
      deployment: item.deployment?.S,
      action: item.action?.S,
      status: item.status?.S,
      to: item.to_version?.S,
      components: item.components?.S,
      reason: item.reason?.S,
    })),
    lock: { state: lock?.lock_state?.S, token: lock?.fencing_token?.N, takenFrom: lock?.taken_from?.S },
    deployed: Parameters.find(({ Name }) => Name?.endsWith('/deployed-version'))?.Value,
  };
}

const alone = (version: string) => ({ version, weights: {} });
const rolledBack = {
  // The run, and the moment of its incident alias.
  deployment: expect.stringMatching(/^prod\/tenant-service\/rollback\/\d+-\d{8}-\d{6}$/),
  action: 'rollback',
  status: 'succeeded',
  to: 'v1.3.0',
  components: '[{"name":"tenant-service","version":"1"}]',
  reason: 'Complaints about v1.4.0',
};

test('one click returns production to the version before, outside any window, and keeps the bad version for study', async () => {
  const { url } = await rehearseAndKeep('rollback');
  expect(await production(url)).toEqual({
    aliases: { 'latest-prod': alone('1'), incident: alone('2') },
    records: [rolledBack],
    lock: { state: 'released', token: '1', takenFrom: undefined },
    deployed: 'v1.3.0',
  });
});

test.each(
  sample(
    [
      [
        'killed once it has moved the alias, it is looked at, and what it did is recorded',
        'rollback-killed',
        {
          aliases: { 'latest-prod': alone('1'), incident: alone('2') },
          records: [
            { ...rolledBack, reason: `${rolledBack.reason} (cancelled before its health was known)` },
          ],
          lock: { state: 'released' },
          deployed: 'v1.3.0',
        },
      ],
      [
        'by force the lock is taken over, its holder named, and the rollback done',
        'rollback-by-force',
        {
          aliases: { 'latest-prod': alone('1'), incident: alone('2') },
          records: [rolledBack],
          lock: { state: 'released', token: '8', takenFrom: expect.stringContaining('run 6990') },
          deployed: 'v1.3.0',
        },
      ],
      [
        'cancelled while its health is looked at, it is recorded, and that this is not known',
        'rollback-cancelled',
        {
          aliases: { 'latest-prod': alone('1'), incident: alone('2') },
          records: [
            { ...rolledBack, reason: `${rolledBack.reason} (cancelled before its health was known)` },
          ],
          lock: { state: 'released' },
          deployed: 'v1.3.0',
        },
      ],
      [
        'called off before it began, it changes nothing, and the record says so',
        'rollback-called-off',
        {
          aliases: { 'latest-prod': alone('2') },
          records: [
            {
              status: 'failed',
              components: '[]',
              reason: `${rolledBack.reason} (the rollback was cancelled; not rolled back: tenant-service)`,
            },
          ],
          lock: { state: 'released' },
          deployed: undefined,
        },
      ],
      [
        'cancelled in its first read where there was nothing to do, it is not recorded as one that was done',
        'rollback-nothing-done',
        {
          aliases: { 'latest-prod': alone('2') },
          records: [
            {
              action: 'rollback',
              status: 'failed',
              to: undefined,
              components: '[]',
              reason:
                'Just to be sure (the rollback was cancelled; the alias is on its target, but nothing shows that this run brought it there)',
            },
          ],
          lock: { state: 'released' },
          deployed: undefined,
        },
      ],
      [
        'to what runs already, it changes nothing and succeeds',
        'rollback-nothing-to-do',
        {
          aliases: { 'latest-prod': alone('2') },
          records: [],
          lock: { state: 'released' },
          deployed: undefined,
        },
      ],
      [
        'to a backup that is gone, it names what there is, and records that it failed',
        'rollback-backup-gone',
        {
          aliases: { 'latest-prod': alone('2') },
          records: [{ action: 'rollback', status: 'failed', to: undefined }],
          lock: { state: 'released' },
        },
      ],
      [
        'a promotion that holds the lock is waited for, named, and left its lock',
        'rollback-while-promoting',
        {
          aliases: { 'latest-prod': alone('2') },
          records: [{ status: 'failed', reason: expect.stringContaining('the lock was not got') }],
          lock: { state: 'held', token: '7' },
        },
      ],
    ] as const,
    1,
  ),
)('a rollback: %s', async (_, scenario, expected) => {
  const { url } = await rehearseAndKeep(scenario);
  expect(await production(url)).toMatchObject(expected);
});

test('all services of an environment go back in reverse order, each with its lock and its record; one that cannot does not keep the others', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'promo-rollback-'));
  try {
    cpSync(example, folder, { recursive: true });
    writeFileSync(
      join(folder, '.github/workflows/rollback-all.yml'),
      `
name: Roll back everything
on: { workflow_dispatch: { inputs: { reason: { description: Why, type: string, required: true } } } }
permissions: {}
jobs:
  all:
    permissions: { contents: read, id-token: write, deployments: write }
    uses: org/promo-actions/.github/workflows/rollback.yml@v1
    with:
      services: '["site-service", "event-service", "tenant-service"]'
      reason: \${{ inputs.reason }}
      role: \${{ vars.PROD_ROLE }}
      region: af-south-1
`,
    );
    writeFileSync(
      join(folder, 'scenarios', 'rollback-all.yml'),
      `
extends: rollback.yml
workflow: .github/workflows/rollback-all.yml
inputs: { environment: null, target: null, force: null }
files:
  .github/promotion.yml: |
    defaults: { table: deployments, project: tenants }
    environments: { prod: { alias: latest-prod, health-check: { payload: '{"path": "/health"}' } } }
    services:
      tenant-service: { function: tenant-service, functions: [tenant-service] }
      event-service: { function: event-service, functions: [event-service] }
      site-service: { function: site-service, functions: [site-service] }
world:
  lambda:
${['tenant-service', 'site-service']
  .map(
    (name) => `    - account: prod
      function: ${name}
      timeout: 10
      versions:
        - { code: ../releases/v1.3.0, description: v1.3.0 }
        - { code: ../src, description: v1.4.0 }
      aliases: { latest-prod: "2" }
`,
  )
  .join('')}expect: { outcome: failure, records: null, parameters: null, alias: null }
`,
    );
    const { url } = await rehearseAndKeep('rollback-all', folder);
    const journal = (await (await fetch(`${url}/_sandbox/journal`)).json()) as {
      entries: { operation: string; subject: { function?: string } }[];
    };
    const moved = journal.entries.filter(({ operation }) => operation === 'UpdateAlias');
    expect(moved.map(({ subject }) => subject.function)).toEqual(['site-service', 'tenant-service']);
    const { records } = await production(url);
    expect(records.map(({ status, components }) => [status, components])).toEqual(
      expect.arrayContaining([
        ['succeeded', '[{"name":"site-service","version":"1"}]'],
        ['failed', '[]'],
        ['succeeded', '[{"name":"tenant-service","version":"1"}]'],
      ]),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
