import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetFunctionCommand } from '@aws-sdk/client-lambda';
import { afterEach, expect, test } from '@jest/globals';
import { errorsOf } from '../bundle/run.ts';
import { functionName, type LambdaWorld, lambdaWorld } from './lambda-world.ts';

let world: LambdaWorld;
let folder = '';
afterEach(async () => {
  await world.close();
  if (folder) await rm(folder, { recursive: true, force: true });
});

const start = async (live: Parameters<typeof lambdaWorld>[1][string] = '2') => {
  folder = await mkdtemp(join(tmpdir(), 'package-'));
  world = await lambdaWorld(['sound', 'sound', 'sound'], { 'latest-sit': live });
};
const base = { function: functionName, alias: 'latest-sit' };
const fetchPackage = (inputs: Readonly<Record<string, string>> = {}) =>
  world.run('fetch-package', { ...base, path: join(folder, 'package.zip'), ...inputs });
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('base64');

test('brings the package of the alias’s stable version, with the hash that Lambda keeps', async () => {
  await start({ version: '2', canary: '3', weight: 0.1 });
  const run = await fetchPackage();
  const { Configuration } = await world.client.send(
    new GetFunctionCommand({ FunctionName: functionName, Qualifier: '2' }),
  );
  const bytes = await readFile(join(folder, 'package.zip'));
  expect(run).toMatchObject({
    code: 0,
    outputs: {
      path: join(folder, 'package.zip'),
      version: '2',
      'code-sha256': Configuration?.CodeSha256,
      size: String(bytes.length),
      'image-uri': '',
    },
  });
  expect(sha256(bytes)).toBe(Configuration?.CodeSha256);
  expect(world.writes()).toEqual([]);
});

test('without a path it goes to the runner’s temporary folder', async () => {
  await start();
  const run = await fetchPackage({ path: '' });
  expect(run.outputs.path).toMatch(/\/temp\/tenant-service-2\.zip$/);
});

test('a version is stronger than the alias', async () => {
  await start();
  expect(await fetchPackage({ version: '1' })).toMatchObject({ code: 0, outputs: { version: '1' } });
});

test('another hash than expected is refused before anything is written', async () => {
  await start();
  const run = await fetchPackage({ 'expected-code-sha256': `${'A'.repeat(43)}=` });
  expect(run.code).toBe(1);
  expect(errorsOf(run)).toMatch(/its SHA-256 is .*, and A+= was expected/);
  await expect(readFile(join(folder, 'package.zip'))).rejects.toThrow('ENOENT');
  expect(world.calls()).not.toContain('DownloadCode');
});

test('an alias that has moved from the version asked for is refused before anything is fetched', async () => {
  await start();
  const run = await fetchPackage({ 'expected-version': '3' });
  expect(run.code).toBe(1);
  expect(errorsOf(run)).toMatch(/at version 2, .*and 3 was expected.*the gates looked at/i);
  expect(world.calls()).not.toContain('DownloadCode');
  expect(await fetchPackage({ 'expected-version': '2' })).toMatchObject({
    code: 0,
    outputs: { version: '2' },
  });
});

test('a broken download is fetched again; one that stays broken is told without its address', async () => {
  await start();
  world.sandbox.inject({ service: 'lambda', operation: 'DownloadCode', drop: 'before', nth: 1, times: 2 });
  expect((await fetchPackage()).code).toBe(0);
  world.sandbox.inject({ service: 'lambda', operation: 'DownloadCode', status: 503, code: 'SlowDown' });
  const run = await fetchPackage();
  expect(run.code).toBe(1);
  expect(errorsOf(run)).toMatch(/could not be fetched.*answered HTTP 503, 3 times/);
  expect(errorsOf(run)).not.toContain(world.sandbox.url);
});

test('a file of the checkout stays where it is and needs no call', async () => {
  await start();
  const run = await world.run(
    'fetch-package',
    { file: 'app.zip' },
    { files: { 'app.zip': 'PK\u0003\u0004rest' } },
  );
  expect(run).toMatchObject({
    code: 0,
    outputs: { 'code-sha256': sha256(Buffer.from('PK\u0003\u0004rest')), size: '8', version: '' },
  });
  expect(run.outputs.path).toMatch(/workspace\/app\.zip$/);
  expect(world.calls()).toEqual([]);
});

test.each([
  ['alias', { alias: 'live' }, /has no alias `live`/],
  ['version', { version: '9' }, /has no version 9.*list-versions-by-function/],
  ['function', { function: 'tenants' }, /ResourceNotFoundException.*list-functions/],
  ['file', { file: 'gone.zip' }, /gone\.zip could not be read.*ENOENT.*paths start at the checkout/],
])('an unknown %s is named with what to do', async (_, inputs, message) => {
  await start();
  expect(errorsOf(await fetchPackage(inputs))).toMatch(message);
});

test('every wrong input at once, and nothing called', async () => {
  await start();
  const run = await fetchPackage({
    function: 'a b',
    alias: '7',
    version: '$LATEST',
    file: 's3://bucket/key.zip',
    'expected-code-sha256': 'abc',
  });
  expect(run.code).toBe(1);
  for (const input of ['function', 'alias', 'version', 'file', 'expected-code-sha256'])
    expect(errorsOf(run)).toContain(`${input}: `);
  expect(errorsOf(run)).toMatch(/S3 is not read here: give the address to deploy-lambda as `s3`/);
  expect(errorsOf(await world.run('fetch-package', {}))).toMatch(/function: is missing/);
  expect(world.calls()).toEqual([]);
});

test('throttling is outlasted', async () => {
  await start();
  world.sandbox.inject({
    service: 'lambda',
    status: 429,
    code: 'TooManyRequestsException',
    nth: 1,
    times: 3,
  });
  expect((await fetchPackage()).code).toBe(0);
});
