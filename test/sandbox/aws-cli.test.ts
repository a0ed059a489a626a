import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../packages/sandbox/src/index.ts';
import { hasAwsCli } from './aws.ts';

const run = promisify(execFile);

// The commands of a runbook, by the AWS CLI itself: its parsers and validators are not ours.
(hasAwsCli ? describe : describe.skip)('the AWS CLI (skipped where `aws` is not installed)', () => {
  let folder: string;
  let sandbox: Sandbox;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'promo-aws-cli-'));
    for (const release of ['v1', 'v2']) {
      await mkdir(join(folder, release));
      const source = `exports.handler = async (event) => ({ release: '${release}', event });`;
      await writeFile(join(folder, release, 'index.js'), source);
    }
    sandbox = await startSandbox({
      start: '2026-03-03T20:00:00Z',
      folder,
      world: {
        accounts: { prod: { id: '222222222222', region: 'af-south-1' } },
        lambda: [
          {
            account: 'prod',
            function: 'tenant-service',
            versions: [{ code: 'v1' }, { code: 'v2' }],
            aliases: { live: '1' },
          },
        ],
      },
    });
  });
  afterAll(async () => {
    await sandbox.close();
    await rm(folder, { recursive: true, force: true });
  });

  const { PATH = '', HOME = '' } = process.env;
  async function aws(...args: string[]): Promise<string> {
    const env = { PATH, HOME, ...sandbox.environment(), AWS_MAX_ATTEMPTS: '1' };
    const { stdout } = await run('aws', [...args, '--output', 'json'], { env, cwd: folder });
    return stdout;
  }
  const lambda = async (command: string, ...args: string[]): Promise<Record<string, unknown>> => {
    const answer = await aws('lambda', command, '--function-name', 'tenant-service', ...args);
    return answer.trim() === '' ? {} : (JSON.parse(answer) as Record<string, unknown>);
  };

  test('says who one is', async () => {
    expect(JSON.parse(await aws('sts', 'get-caller-identity'))).toMatchObject({ Account: '222222222222' });
  });

  test('shifts a canary, sees it, promotes it and clears its weight', async () => {
    const arn = 'arn:aws:lambda:af-south-1:222222222222:function:tenant-service';
    const before = await lambda('get-alias', '--name', 'live');
    expect(before).toMatchObject({ AliasArn: `${arn}:live`, FunctionVersion: '1' });
    const revision = String(before.RevisionId);
    await lambda('create-alias', '--name', 'backup-20260303-200000', '--function-version', '1');
    const weights = ['--routing-config', 'AdditionalVersionWeights={2=0.1}'];
    await lambda('update-alias', '--name', 'live', ...weights, '--revision-id', revision);
    const listed = (await lambda('list-aliases')) as { Aliases: Record<string, unknown>[] };
    expect(listed.Aliases).toMatchObject([
      { Name: 'backup-20260303-200000', FunctionVersion: '1' },
      { Name: 'live', RoutingConfig: { AdditionalVersionWeights: { '2': 0.1 } } },
    ]);
    await expect(lambda('update-alias', '--name', 'live', '--revision-id', revision)).rejects.toThrow(
      'An error occurred (PreconditionFailedException) when calling the UpdateAlias operation: The Revision Id provided does not match',
    );
    const promoted = await lambda(
      'update-alias',
      '--name',
      'live',
      '--function-version',
      '2',
      '--routing-config',
      '{}',
    );
    expect(promoted.FunctionVersion).toBe('2');
    expect(promoted.RoutingConfig).toBeUndefined();
    await lambda('delete-alias', '--name', 'backup-20260303-200000');
    await expect(lambda('get-alias', '--name', 'backup-20260303-200000')).rejects.toThrow(
      `An error occurred (ResourceNotFoundException) when calling the GetAlias operation: Cannot find alias arn: ${arn}:backup-20260303-200000`,
    );
  });

  test('invokes an alias', async () => {
    const payload = Buffer.from('{"name":"one"}').toString('base64');
    const args = [
      '--qualifier',
      'live',
      '--payload',
      payload,
      '--cli-binary-format',
      'base64',
      '--log-type',
      'Tail',
    ];
    // The first version of the CLI takes the payload as it is, and has no format to say.
    const old = (await run('aws', ['--version'])).stdout.startsWith('aws-cli/1');
    const given = old ? [...args.slice(0, 3), '{"name":"one"}', '--log-type', 'Tail'] : args;
    const answer = await lambda('invoke', ...given, 'answer.json');
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: expect.stringMatching(/^[12]$/) });
    expect(JSON.parse(await readFile(join(folder, 'answer.json'), 'utf8'))).toMatchObject({
      event: { name: 'one' },
    });
  });

  test('updates code and publishes, once', async () => {
    const [found] = [await lambda('get-function', '--qualifier', '1')] as [{ Code: { Location: string } }];
    await writeFile(
      join(folder, 'v1.zip'),
      Buffer.from(await (await fetch(found.Code.Location)).arrayBuffer()),
    );
    const updated = await lambda('update-function-code', '--zip-file', 'fileb://v1.zip');
    expect(updated.LastUpdateStatus).toBe('InProgress');
    await sandbox.clock.advance(10_000);
    await aws('lambda', 'wait', 'function-updated', '--function-name', 'tenant-service');
    expect(await lambda('publish-version', '--description', 'v1 again')).toMatchObject({ Version: '3' });
    await sandbox.clock.advance(10_000);
    expect(await lambda('publish-version')).toMatchObject({ Version: '3' });
    const { Versions } = (await lambda('list-versions-by-function')) as { Versions: { Version: string }[] };
    expect(Versions.map(({ Version }) => Version)).toEqual(['$LATEST', '1', '2', '3']);
  });

  test('is told what the sandbox does not do', async () => {
    await expect(lambda('get-policy')).rejects.toThrow(
      /NotImplemented.*The sandbox does not know the operation GET \/2015-03-31\/functions\/tenant-service\/policy/,
    );
  });
});
