import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, afterEach, beforeAll, beforeEach } from '@jest/globals';
import { type Sandbox, startSandbox, type World } from '../../packages/sandbox/src/index.ts';

export const START = '2026-03-03T20:00:00.000Z';
export const ACCOUNT = '222222222222';
export const NAME = 'tenant-service';
export const ARN = `arn:aws:lambda:af-south-1:${ACCOUNT}:function:${NAME}`;
export const ROLE = `arn:aws:iam::${ACCOUNT}:role/tenant-service`;

export let folder: string;
export let sandbox: Sandbox;
export let lambda: LambdaClient;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promo-lambda-'));
  for (const version of ['v1', 'v2', 'v3']) {
    await mkdir(join(folder, version));
    const source = `import { spawn } from 'node:child_process';
    // Lambda's time for a call does not count what its function takes to load.
    if (process.env.STAGE === 'slow') await new Promise((resolve) => setTimeout(resolve, 1500));
    export const handler = async (event, context) => {
      if (event.fail) throw new RangeError('it broke');
      if (event.die) process.exit(9);
      if (event.stay) {
        process.on('SIGTERM', () => undefined);
        return { child: spawn(process.execPath, ['-e', 'setTimeout(() => undefined, 120000)'], { stdio: 'inherit' }).pid };
      }
      if (event.sleep) await new Promise((resolve) => setTimeout(resolve, event.sleep));
      console.log('serving', event.name);
      return { release: '${version}', event, stage: process.env.STAGE, version: process.env.AWS_LAMBDA_FUNCTION_VERSION,
        arn: context.invokedFunctionArn, at: new Date().toISOString().slice(0, 16), left: context.getRemainingTimeInMillis() > 0 };
    };`;
    await writeFile(join(folder, version, 'index.mjs'), source);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

export const world: World = {
  accounts: { prod: { id: ACCOUNT, region: 'af-south-1' } },
  lambda: [
    {
      account: 'prod',
      function: NAME,
      timeout: 1,
      role: ROLE,
      environment: { STAGE: 'prod' },
      versions: [{ code: 'v1' }, { code: 'v2', description: 'v2' }, { code: 'v3', role: `${ROLE}-other` }],
      aliases: { live: '1', other: '2' },
      'last-modified': '2026-03-01T08:00:00Z',
    },
  ],
};

beforeEach(async () => {
  sandbox = await startSandbox({ start: START, world, folder });
  lambda = clientOf(ACCOUNT);
});
afterEach(async () => {
  lambda.destroy();
  await sandbox.close();
});

export function clientOf(account: string, region = 'af-south-1'): LambdaClient {
  return new LambdaClient({
    endpoint: sandbox.url,
    region,
    credentials: { accessKeyId: account, secretAccessKey: 'sandbox' },
    maxAttempts: 1,
  });
}

export const minutes = (count: number): Promise<void> => sandbox.clock.advance(count * 60_000);

/** What a refused call was told; throws when it was not refused. */
export async function refusal(
  call: Promise<unknown>,
): Promise<{ name: string; status: number | undefined; message: string }> {
  try {
    await call;
  } catch (error) {
    const { name, message, $metadata } = error as Error & { $metadata: { httpStatusCode?: number } };
    return { name, status: $metadata.httpStatusCode, message };
  }
  throw new Error('It was expected to be refused, and was not.');
}

/** The package of a version, as its download link gives it. */
export async function zipOf(version: string): Promise<Uint8Array> {
  const found = await lambda.send(new GetFunctionCommand({ FunctionName: NAME, Qualifier: version }));
  return new Uint8Array(await (await fetch(found.Code?.Location ?? '')).arrayBuffer());
}
