import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetAliasCommand, LambdaClient, ListAliasesCommand } from '@aws-sdk/client-lambda';
import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, describe, expect, test } from '@jest/globals';

const example = join(process.cwd(), 'examples', 'tenant-service');
const started: ChildProcess[] = [];

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

/** Rehearses a scenario of the example as a person would, and answers when the sandbox is left standing. */
async function rehearseAndKeep(scenario: string): Promise<{ log: string; url: string }> {
  const command = join(process.cwd(), 'build', 'tools', 'promo.mjs');
  const file = join(example, 'scenarios', `${scenario}.yml`);
  const child = spawn(
    process.execPath,
    [command, 'rehearse', '--repo', example, '--scenario', file, '--log', 'plain', '--keep'],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  started.push(child);
  let log = '';
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer) => {
      log += chunk;
      const [, url] = /The sandbox stays at (\S+) until/.exec(log) ?? [];
      if (url) resolve({ log, url });
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('close', (code) => reject(new Error(`promo ended with ${code}:\n${log}`)));
  });
}

/** What an outsider sees of production, through the AWS SDK alone. */
async function production(url: string) {
  const options = {
    endpoint: url,
    region: 'af-south-1',
    credentials: { accessKeyId: '222222222222', secretAccessKey: 'any' },
  };
  const lambda = new LambdaClient(options);
  const FunctionName = 'tenant-service';
  const alias = await lambda.send(new GetAliasCommand({ FunctionName, Name: 'latest-prod' }));
  const { Aliases = [] } = await lambda.send(new ListAliasesCommand({ FunctionName }));
  const { Items = [] } = await new DynamoDBClient(options).send(
    new ScanCommand({ TableName: 'deployments' }),
  );
  const { Parameters = [] } = await new SSMClient(options).send(
    new GetParametersByPathCommand({ Path: '/tenants/prod', Recursive: true }),
  );
  return {
    version: alias.FunctionVersion,
    weights: alias.RoutingConfig?.AdditionalVersionWeights ?? {},
    backups: Aliases.filter(({ Name = '' }) => Name.startsWith('backup-')).map((one) => one.FunctionVersion),
    records: Items.filter((item) => item.status?.S)
      .map((item) => ({ status: item.status?.S, reason: item.reason?.S, at: item.timestamp?.S ?? '' }))
      .sort((a, b) => a.at.localeCompare(b.at)),
    parameters: Object.fromEntries(Parameters.map(({ Name, Value }) => [Name, Value])),
  };
}

describe('the example promotes to production', () => {
  test('a good release ends on the new version alone, with a backup, one succeeded record and its parameters', async () => {
    const { log, url } = await rehearseAndKeep('good-release');
    const seen = await production(url);
    expect(seen.version).toBe('2');
    expect(seen.weights).toEqual({});
    expect(seen.backups).toEqual(['1']);
    expect(seen.records.map(({ status }) => status)).toEqual(['started', 'succeeded']);
    expect(seen.parameters['/tenants/prod/deployed-version']).toBe('v1.4.0');
    expect(seen.parameters['/tenants/prod/deployed-at']).toMatch(/^2026-03-03T20:\d\d:\d\dZ$/);
    expect(log).not.toContain('jira-token-of-the-rehearsal');
  });

  test('a bad one ends on the old version alone, with a rolled-back record that says why', async () => {
    const { url } = await rehearseAndKeep('bad-canary');
    const seen = await production(url);
    expect(seen.version).toBe('1');
    expect(seen.weights).toEqual({});
    expect(seen.records.map(({ status }) => status)).toEqual(['started', 'rolled-back']);
    expect(seen.records[1]?.reason).toMatch(/canary fails in \d+(\.\d+)?%/);
    expect(seen.parameters['/tenants/prod/deployed-version']).toBeUndefined();
  });

  test.each(['outside-the-window', 'unapproved-ticket', 'unstable-sit'])(
    '%s: nothing is touched',
    async (scenario) => {
      const { log, url } = await rehearseAndKeep(scenario);
      expect(log).toContain('as expected');
      const seen = await production(url);
      expect(seen).toEqual({ version: '1', weights: {}, backups: [], records: [], parameters: {} });
    },
  );

  test('every scenario of the example is one of those', () => {
    const names = readdirSync(join(example, 'scenarios')).map((name) => name.replace(/\.yml$/, ''));
    expect(names.sort()).toEqual([
      'bad-canary',
      'good-release',
      'outside-the-window',
      'unapproved-ticket',
      'unstable-sit',
    ]);
  });
});
