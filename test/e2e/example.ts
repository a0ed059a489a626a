import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetAliasCommand, LambdaClient, ListAliasesCommand } from '@aws-sdk/client-lambda';
import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';

export const example = join(process.cwd(), 'examples', 'tenant-service');

const started: ChildProcess[] = [];

/**
 * Rehearses a scenario of the example as a person would, and answers when the sandbox is left standing.
 * @throws Error where not all came that the scenario expects.
 */
export function rehearseAndKeep(
  scenario: string,
  repository: string = example,
): Promise<{ readonly log: string; readonly url: string }> {
  const command = join(process.cwd(), 'build', 'tools', 'promo.mjs');
  const words = ['rehearse', '--repo', repository, '--scenario', scenario, '--log', 'plain', '--keep'];
  const child = spawn(process.execPath, [command, ...words], { stdio: ['ignore', 'pipe', 'pipe'] });
  started.push(child);
  let log = '';
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer) => {
      log += chunk;
      const [, url] = /The sandbox stays at (\S+) until/.exec(log) ?? [];
      if (url && log.includes('; as expected: ')) resolve({ log, url });
      else if (url) reject(new Error(`${scenario} did not go as it says:\n${log}`));
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('close', (code) => reject(new Error(`promo ended with ${code}:\n${log}`)));
  });
}

/** Ends the sandboxes that were left standing; for `afterEach`. */
export async function endRehearsals(): Promise<void> {
  for (const child of started.splice(0).filter(({ exitCode }) => exitCode === null)) {
    child.kill('SIGTERM');
    await once(child, 'close');
  }
}

/** What an outsider sees of the example in an environment, through the AWS SDK alone. */
export async function look(url: string, account: string, environment: string) {
  const options = {
    endpoint: url,
    region: 'af-south-1',
    credentials: { accessKeyId: account, secretAccessKey: 'any' },
  };
  const lambda = new LambdaClient(options);
  const FunctionName = 'tenant-service';
  const alias = await lambda.send(new GetAliasCommand({ FunctionName, Name: `latest-${environment}` }));
  const { Aliases = [] } = await lambda.send(new ListAliasesCommand({ FunctionName }));
  const { Items = [] } = await new DynamoDBClient(options).send(
    new ScanCommand({ TableName: 'deployments' }),
  );
  const { Parameters = [] } = await new SSMClient(options).send(
    new GetParametersByPathCommand({ Path: `/tenants/${environment}`, Recursive: true }),
  );
  return {
    version: alias.FunctionVersion,
    weights: alias.RoutingConfig?.AdditionalVersionWeights ?? {},
    backups: Aliases.filter(({ Name = '' }) => Name.startsWith('backup-')).map((one) => one.FunctionVersion),
    records: Items.filter((item) => item.status?.S)
      .sort((a, b) => Number(a.sequence?.N) - Number(b.sequence?.N))
      .map((item) => ({ status: item.status?.S, reason: item.reason?.S })),
    parameters: Object.fromEntries(Parameters.map(({ Name, Value }) => [Name, Value])),
  };
}

/** What people let pass, as the records of an account keep it. */
export async function overridesOf(url: string, account: string): Promise<readonly unknown[]> {
  const credentials = { accessKeyId: account, secretAccessKey: 'any' };
  const table = new DynamoDBClient({ endpoint: url, region: 'af-south-1', credentials });
  const { Items = [] } = await table.send(new ScanCommand({ TableName: 'deployments' }));
  const reports = Items.filter((item) => item.status?.S).flatMap(
    (item) => JSON.parse(item.gates?.S ?? '[]') as { override?: unknown }[],
  );
  return reports.flatMap(({ override }) => override ?? []);
}

/** The service's parameters in an environment, decrypted, and whether its flag is on there. */
export async function lookAtSettings(url: string, account: string, environment: string) {
  const ssm = new SSMClient({
    endpoint: url,
    region: 'af-south-1',
    credentials: { accessKeyId: account, secretAccessKey: 'any' },
  });
  const { Parameters = [] } = await ssm.send(
    new GetParametersByPathCommand({ Path: `/tenants/${environment}/tenant-service`, WithDecryption: true }),
  );
  const answer = await fetch(`${url}/launchdarkly/api/v2/flags/tenants/team-plan?env=${environment}`, {
    headers: { authorization: 'launchdarkly-token-of-the-rehearsal' },
  });
  const flag = (await answer.json()) as { environments?: Record<string, { on?: boolean }> };
  return {
    parameters: Object.fromEntries(Parameters.map(({ Name = '', Value }) => [Name.split('/').at(-1), Value])),
    teamPlan: flag.environments?.[environment]?.on,
  };
}

/** Asks GitHub's API about the example's repository. */
async function askGitHub<Answer>(url: string, path: string): Promise<readonly Answer[]> {
  const answer = await fetch(`${url}/github/repos/example/tenant-service/${path}`, {
    headers: { authorization: 'Bearer any' },
  });
  return (await answer.json()) as readonly Answer[];
}

/** The deployments that GitHub shows, oldest first, each with every state that it was set to. */
export async function boardOf(url: string): Promise<readonly string[]> {
  const shown = await askGitHub<{ id: number; payload: { version: string } }>(url, 'deployments');
  const told = shown.map(async ({ id, payload }) => {
    const statuses = await askGitHub<{ state: string }>(url, `deployments/${id}/statuses`);
    const states = statuses.map(({ state }) => state).reverse();
    return `${payload.version}: ${states.join(', ')}`;
  });
  return (await Promise.all(told)).reverse();
}

/** What an outsider sees of the example's repository, through GitHub's API alone. */
export async function lookAtRepository(url: string) {
  const ask = (path: string) => askGitHub<{ name?: string; tag_name?: string; draft?: boolean }>(url, path);
  const [branches, tags, releases] = await Promise.all(['branches', 'tags', 'releases'].map(ask));
  return {
    branches: branches?.map(({ name }) => name),
    tags: tags?.map(({ name }) => name),
    releases: releases?.map(({ tag_name: tag, draft }) => (draft ? `${tag}, a draft` : tag)),
  };
}

/** The commits of a branch as `git log` shows them in the repository itself, and where its tag is. */
export async function gitLog(url: string, branch: string): Promise<readonly string[]> {
  const answer = await fetch(`${url}/_sandbox/github/repository`);
  const { folder } = (await answer.json()) as { folder: string };
  const words = ['--git-dir', folder, 'log', '--first-parent', '--format=%s%d', branch];
  return execFileSync('git', words, { encoding: 'utf8' }).trim().split('\n');
}

/** The comments of a ticket, as plain text. */
export async function commentsOf(url: string, ticket: string): Promise<string> {
  const user = Buffer.from('promotions@example.com:jira-token-of-the-rehearsal').toString('base64');
  const answer = await fetch(`${url}/jira/rest/api/3/issue/${ticket}/comment`, {
    headers: { authorization: `Basic ${user}` },
  });
  const { comments } = (await answer.json()) as { comments: readonly unknown[] };
  return JSON.stringify(comments);
}
