import { execFile } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

interface Place {
  readonly url: string;
  environment(account?: string, region?: string): Readonly<Record<string, string>>;
}

/** The configuration of an SDK client that lives in the sandbox, in the world's first account or another. */
export function clientConfiguration(sandbox: Place, account?: string, region?: string) {
  const {
    AWS_ACCESS_KEY_ID = '',
    AWS_SECRET_ACCESS_KEY = '',
    AWS_REGION = '',
  } = sandbox.environment(account, region);
  return {
    endpoint: sandbox.url,
    region: AWS_REGION,
    credentials: { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
    maxAttempts: 1,
  };
}

/** Whether the AWS CLI is on the PATH; tests that need it are skipped by name where it is not. */
export const hasAwsCli = (process.env.PATH ?? '').split(delimiter).some((folder) => {
  try {
    accessSync(join(folder, 'aws'), constants.X_OK);
    return true;
  } catch {
    return false;
  }
});

/** Runs the AWS CLI in the sandbox and reads its JSON. */
export async function aws(sandbox: Place, ...words: readonly string[]): Promise<unknown> {
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, ...sandbox.environment(), AWS_PAGER: '' };
  const { stdout } = await promisify(execFile)('aws', [...words, '--output', 'json'], { env });
  return stdout.trim() === '' ? undefined : JSON.parse(stdout);
}
