import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetFunctionConfigurationCommand,
  ListVersionsByFunctionCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda';
import { afterEach, describe, expect, test } from '@jest/globals';
import { errorsOf } from '../bundle/run.ts';
import { functionName, type LambdaWorld, lambdaWorld } from './lambda-world.ts';

let world: LambdaWorld;
let folder = '';
afterEach(async () => {
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

/** `tenant-service` with two versions; the package of a third, which it has not seen, is in `target`. */
async function start(): Promise<void> {
  folder = await mkdtemp(join(tmpdir(), 'package-'));
  world = await lambdaWorld(['sound', 'unwell', 'broken'], { 'latest-sit': '3' });
  const fetched = await world.run('fetch-package', {
    function: functionName,
    alias: 'latest-sit',
    path: join(folder, 'p.zip'),
  });
  target.sha = fetched.outputs['code-sha256'] ?? '';
  await world.load({
    lambda: [
      {
        account: 'prod',
        function: functionName,
        timeout: 10,
        versions: [
          { code: 'v1', description: 'v1.2.0' },
          { code: 'v2', description: 'v1.3.0' },
        ],
        aliases: { 'latest-prod': '2' },
      },
    ],
  });
}
const target = { sha: '' };
const deploy = (inputs: Readonly<Record<string, string>> = {}) =>
  world.run('deploy-lambda', {
    function: functionName,
    package: join(folder, 'p.zip'),
    'expected-code-sha256': target.sha,
    description: 'v1.4.0',
    ...inputs,
  });

async function published() {
  const { Versions = [] } = await world.client.send(
    new ListVersionsByFunctionCommand({ FunctionName: functionName }),
  );
  return Versions.filter(({ Version }) => Version !== '$LATEST').map(
    ({ Version, Description, CodeSha256 }) => ({ Version, Description, CodeSha256 }),
  );
}

test('publishes the package as a new version with its label; no alias moves', async () => {
  await start();
  const run = await deploy();
  expect(run).toMatchObject({
    code: 0,
    outputs: { version: '3', 'code-sha256': target.sha, changed: 'true' },
  });
  expect((await published()).at(-1)).toEqual({ Version: '3', Description: 'v1.4.0', CodeSha256: target.sha });
  expect(await world.alias()).toBe('2');
  expect(world.writes()).toEqual(['UpdateFunctionCode', 'PublishVersion']);
  expect(run.summary).toMatch(/Version 3 of `tenant-service` was published/);
});

test('the version is ready when the step ends', async () => {
  await start();
  await deploy();
  const configuration = await world.client.send(
    new GetFunctionConfigurationCommand({ FunctionName: functionName, Qualifier: '3' }),
  );
  expect(configuration).toMatchObject({ State: 'Active', LastUpdateStatus: 'Successful' });
});

test('twice publishes once', async () => {
  await start();
  await deploy();
  expect(await deploy()).toMatchObject({ code: 0, outputs: { version: '3', changed: 'false' } });
  expect(await published()).toHaveLength(3);
});

test('the same code with another configuration is a new version', async () => {
  await start();
  await deploy();
  const change = { FunctionName: functionName, Environment: { Variables: { STAGE: 'prod' } } };
  await world.client.send(new UpdateFunctionConfigurationCommand(change));
  expect(await deploy()).toMatchObject({ code: 0, outputs: { version: '4', changed: 'true' } });
});

test.each([
  ['of its own release is answered, and `$LATEST` left alone', 'v1.2.0', { version: '1', changed: 'false' }],
  ['of another release is published anew', 'v1.4.0', { version: '3', changed: 'true' }],
])('the code that an older version holds, %s', async (_, description, outputs) => {
  await start();
  const old = await world.run('fetch-package', {
    function: functionName,
    version: '1',
    path: join(folder, 'old.zip'),
  });
  const run = await deploy({
    package: join(folder, 'old.zip'),
    'expected-code-sha256': old.outputs['code-sha256'] ?? '',
    description,
  });
  expect(run).toMatchObject({ code: 0, outputs });
  expect(world.writes()).toEqual(outputs.changed === 'true' ? ['UpdateFunctionCode', 'PublishVersion'] : []);
});

test('waits for an update that is in progress', async () => {
  await start();
  world.sandbox.inject({
    service: 'lambda',
    operation: 'UpdateFunctionCode',
    status: 409,
    code: 'ResourceConflictException',
    nth: 1,
    times: 4,
  });
  const run = await deploy();
  expect(run).toMatchObject({ code: 0, outputs: { version: '3' } });
  expect(run.log).toMatch(/Waiting for another update of `tenant-service` to end \(\d+s\)/);
});

test('gives up on one that never ends, at the timeout', async () => {
  await start();
  world.sandbox.inject({
    service: 'lambda',
    operation: 'UpdateFunctionCode',
    status: 409,
    code: 'ResourceConflictException',
  });
  const before = world.sandbox.clock.now();
  const run = await deploy({ timeout: '1m' });
  expect(errorsOf(run)).toMatch(/could not be updated within 1m.*still in progress/);
  expect(world.sandbox.clock.now() - before).toBeLessThan(65_000);
  expect(await published()).toHaveLength(2);
});

test('waits out the snapshot of a function with SnapStart', async () => {
  await start();
  const change = { FunctionName: functionName, SnapStart: { ApplyOn: 'PublishedVersions' as const } };
  await world.client.send(new UpdateFunctionConfigurationCommand(change));
  const run = await deploy();
  expect(run).toMatchObject({ code: 0, outputs: { version: '3', changed: 'true' } });
  expect(run.log).toMatch(/Waiting for `tenant-service:3` to be ready: State Pending/);
});

test('a package in S3 is left to Lambda, whose refusal is told with the address', async () => {
  await start();
  const run = await deploy({ package: '', s3: 's3://releases/tenants/v1.4.0.zip' });
  expect(run.code).toBe(1);
  expect(errorsOf(run)).toMatch(
    /could not be updated from s3:\/\/releases\/tenants\/v1\.4\.0\.zip.*NoSuchBucket/,
  );
});

describe('on bad days', () => {
  test('throttling, broken connections and lost answers are outlasted, and nothing is published twice', async () => {
    await start();
    world.sandbox.inject({
      service: 'lambda',
      status: 429,
      code: 'TooManyRequestsException',
      nth: 1,
      times: 2,
    });
    world.sandbox.inject({
      service: 'lambda',
      operation: 'UpdateFunctionCode',
      drop: 'before',
      nth: 1,
      times: 1,
    });
    world.sandbox.inject({ service: 'lambda', operation: 'PublishVersion', drop: 'after', nth: 1, times: 1 });
    expect(await deploy()).toMatchObject({ code: 0, outputs: { version: '3' } });
    expect(await published()).toHaveLength(3);
  });

  test('a failure after the update says that `$LATEST` was changed; the next run goes on from there', async () => {
    await start();
    world.sandbox.inject({
      service: 'lambda',
      operation: 'PublishVersion',
      status: 500,
      code: 'ServiceException',
      nth: 1,
      times: 5,
    });
    const run = await deploy();
    expect(run.code).toBe(1);
    expect(errorsOf(run)).toMatch(
      /Changed before this: `\$LATEST` of `tenant-service` holds the new code; no alias was touched/,
    );
    const again = await deploy();
    expect(again).toMatchObject({ code: 0, outputs: { version: '3', changed: 'true' } });
    expect(world.writes().filter((name) => name === 'UpdateFunctionCode')).toHaveLength(1);
  });

  test('missing permission names the IAM action', async () => {
    await start();
    world.sandbox.inject({
      service: 'lambda',
      operation: 'UpdateFunctionCode',
      status: 403,
      code: 'AccessDeniedException',
    });
    expect(errorsOf(await deploy())).toMatch(/Allow `lambda:UpdateFunctionCode`/);
  });
});

test('a dry run changes nothing and says what would be', async () => {
  await start();
  const run = await deploy({ 'dry-run': 'true' });
  expect(run).toMatchObject({ code: 0, outputs: { version: '', changed: 'false' } });
  expect(run.log).toMatch(
    /Dry run: a version of `tenant-service` would be published after its code is updated/,
  );
  expect(world.writes()).toEqual([]);
});

test.each<[string, Record<string, string>, RegExp]>([
  [
    'another hash than expected',
    { 'expected-code-sha256': `${'A'.repeat(43)}=` },
    /not the one expected.*Nothing was changed/,
  ],
  ['a missing package', { package: 'gone.zip' }, /gone\.zip could not be read.*ENOENT/],
  [
    'a package that is no zip',
    { package: 'notes.txt', 'expected-code-sha256': '' },
    /notes\.txt is no deployment package.*not a zip/,
  ],
])('%s is refused before anything is called', async (_, inputs, message) => {
  await start();
  const run = await world.run(
    'deploy-lambda',
    { function: functionName, package: join(folder, 'p.zip'), ...inputs },
    { files: { 'notes.txt': 'notes' } },
  );
  expect(run.code).toBe(1);
  expect(errorsOf(run)).toMatch(message);
  expect(world.calls().filter((name) => name === 'UpdateFunctionCode')).toEqual([]);
});

test('an unknown function is named with what to do', async () => {
  await start();
  expect(errorsOf(await deploy({ function: 'tenants' }))).toMatch(
    /`tenants`.*ResourceNotFoundException.*list-functions/,
  );
});

test('an image is not given to a function made from a zip', async () => {
  await start();
  const image = '222222222222.dkr.ecr.af-south-1.amazonaws.com/tenants:v1';
  const run = await deploy({ package: '', image, 'expected-code-sha256': '' });
  expect(errorsOf(run)).toMatch(/made from a zip, and a container image was given.*Give `package` or `s3`/);
});

test('every wrong input at once, and nothing called', async () => {
  await start();
  const before = world.calls().length;
  const run = await deploy({
    function: 'a b',
    s3: 'bucket/key',
    image: 'orders',
    'expected-code-sha256': 'abc',
    timeout: '5',
    'dry-run': 'yes',
  });
  expect(run.code).toBe(1);
  for (const input of ['function', 's3', 'image', 'expected-code-sha256', 'timeout', 'dry-run'])
    expect(errorsOf(run)).toContain(`${input}: `);
  const contradiction = await deploy({ s3: 's3://bucket/key.zip' });
  expect(errorsOf(contradiction)).toMatch(/s3: contradicts `package`/);
  expect(errorsOf(await deploy({ package: '' }))).toMatch(/package: is missing/);
  expect(world.calls()).toHaveLength(before);
});
