import { createHash } from 'node:crypto';
import { DynamoDBClient, paginateScan } from '@aws-sdk/client-dynamodb';
import {
  GetAliasCommand,
  LambdaClient,
  ListAliasesCommand,
  ListVersionsByFunctionCommand,
} from '@aws-sdk/client-lambda';
import { DescribeDBSnapshotsCommand, RDSClient } from '@aws-sdk/client-rds';
import { GetParametersByPathCommand, SSMClient } from '@aws-sdk/client-ssm';
import { type Attributes, verifyChain } from '@promo-actions/core/deployment';

/** Production as anybody with the AWS SDK sees it. */
export interface World {
  /** ISO 8601. */
  readonly now: string;
  readonly version: string;
  readonly weights: Readonly<Record<string, number>>;
  /** Of every published version. */
  readonly published: readonly { readonly version: string; readonly description: string }[];
  /** The versions that backup aliases keep. */
  readonly backups: readonly string[];
  readonly items: readonly Attributes[];
  readonly parameters: Readonly<Record<string, string>>;
  /** On GitHub, drafts included, each as often as it is there. */
  readonly releases: readonly { readonly tag: string; readonly draft: boolean }[];
  /** Production's deployments as GitHub shows them. */
  readonly board: readonly Shown[];
  /** What the change ticket was told, each comment as often as it is there. */
  readonly comments: readonly string[];
  /** Where the promotion brings settings along. */
  readonly settings?: Settings;
}

export interface Shown {
  readonly deployment: string;
  readonly version: string;
  /** The last that it was set to. */
  readonly state?: string | undefined;
}

/** What a promotion brings along besides code. */
export interface Settings {
  /** The service's parameters, by the end of their names. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Whether the flag `team-plan` is on in production. */
  readonly teamPlan: boolean;
  readonly snapshots: readonly string[];
}

const FunctionName = 'tenant-service';

const optionsFor = (endpoint: string) => ({
  endpoint,
  region: 'af-south-1',
  credentials: { accessKeyId: '222222222222', secretAccessKey: 'any' },
});

/** Reads production, past any fault: whoever reads has healed the world first. */
export async function lookFromOutside(url: string): Promise<World> {
  const options = optionsFor(url);
  const lambda = new LambdaClient(options);
  const alias = await lambda.send(new GetAliasCommand({ FunctionName, Name: 'latest-prod' }));
  const { Aliases = [] } = await lambda.send(new ListAliasesCommand({ FunctionName }));
  const { Versions = [] } = await lambda.send(new ListVersionsByFunctionCommand({ FunctionName }));
  const { Parameters = [] } = await new SSMClient(options).send(
    new GetParametersByPathCommand({ Path: '/tenants/prod', Recursive: true }),
  );
  const items: Attributes[] = [];
  const dynamo = new DynamoDBClient(options);
  for await (const page of paginateScan({ client: dynamo }, { TableName: 'deployments' })) {
    for (const item of page.Items ?? []) {
      const entries = Object.entries(item).map(
        ([name, value]) => [name, value.S ?? Number(value.N)] as const,
      );
      items.push(Object.fromEntries(entries));
    }
  }
  const releases = await ask<readonly { tag_name: string; draft: boolean }[]>(
    `${url}/github/repos/example/tenant-service/releases`,
    'Bearer any',
  );
  const { comments } = await ask<{ comments: readonly { body: unknown }[] }>(
    `${url}/jira/rest/api/3/issue/CHG-101/comment`,
    `Basic ${Buffer.from('promotions@example.com:jira-token-of-the-rehearsal').toString('base64')}`,
  );
  const board = await lookAtBoard(url);
  const { iso } = await ask<{ iso: string }>(`${url}/_sandbox/health`, '');
  return {
    now: iso,
    version: alias.FunctionVersion ?? '',
    weights: alias.RoutingConfig?.AdditionalVersionWeights ?? {},
    published: Versions.filter(({ Version }) => Version !== '$LATEST').map((one) => ({
      version: one.Version ?? '',
      description: one.Description ?? '',
    })),
    backups: Aliases.filter(({ Name = '' }) => Name.startsWith('backup-')).map(
      (one) => one.FunctionVersion ?? '',
    ),
    items,
    releases: releases.map(({ tag_name: tag, draft }) => ({ tag, draft })),
    board,
    comments: comments.map(({ body }) => JSON.stringify(body)),
    parameters: Object.fromEntries(Parameters.map(({ Name = '', Value = '' }) => [Name, Value])),
  };
}

async function lookAtBoard(url: string): Promise<readonly Shown[]> {
  const deployments = `${url}/github/repos/example/tenant-service/deployments`;
  const shown = await ask<readonly { id: number; payload: { deployment: string; version: string } }[]>(
    `${deployments}?environment=prod&per_page=100`,
    'Bearer any',
  );
  return Promise.all(
    shown.map(async ({ id, payload: { deployment, version } }) => {
      const statuses = `${deployments}/${id}/statuses`;
      const [newest] = await ask<readonly { state: string }[]>(statuses, 'Bearer any');
      return { deployment, version, ...newest };
    }),
  );
}

export async function lookAtSettings(url: string): Promise<Settings> {
  const options = optionsFor(url);
  const Path = '/tenants/prod/tenant-service';
  const { Parameters = [] } = await new SSMClient(options).send(
    new GetParametersByPathCommand({ Path, WithDecryption: true }),
  );
  const { environments } = await ask<{ environments: { prod: { on: boolean } } }>(
    `${url}/launchdarkly/api/v2/flags/tenants/team-plan?env=prod`,
    'launchdarkly-token-of-the-rehearsal',
  );
  const { DBSnapshots = [] } = await new RDSClient(options).send(new DescribeDBSnapshotsCommand({}));
  return {
    parameters: Object.fromEntries(
      Parameters.map(({ Name = '', Value = '' }) => [Name.slice(Path.length + 1), Value]),
    ),
    teamPlan: environments.prod.on,
    snapshots: DBSnapshots.map(({ DBSnapshotIdentifier = '' }) => DBSnapshotIdentifier),
  };
}

async function ask<Answer>(url: string, authorization: string): Promise<Answer> {
  const answer = await fetch(url, { headers: { authorization, 'x-sandbox-faults': 'none' } });
  return (await answer.json()) as Answer;
}

/** The records of production, oldest first. */
export function recordsOf({ items }: World): readonly Attributes[] {
  const records = items.filter(
    (item) => typeof item.status === 'string' && typeof item.sequence === 'number',
  );
  return records.sort((left, right) => Number(left.sequence) - Number(right.sequence));
}

export function headOf({ items }: World): Attributes | undefined {
  return items.find((item) => item.deployment_id === 'current/prod/tenant-service');
}

/** The same with the last record of the log where its head alone carries it, since its own item could not be written. */
export function withCarried(world: World): World {
  const text = headOf(world)?.head_record;
  if (typeof text !== 'string') return world;
  const last = JSON.parse(text) as Attributes;
  const written = world.items.some((item) => item.deployment_id === last.deployment_id);
  return written ? world : { ...world, items: [...world.items, last] };
}

/** Who holds the lock of the service; undefined when nobody does. */
export function lockHolder({ items, now }: World): string | undefined {
  const held = items.find((item) => item.lock_state === 'held' && String(item.expires_at) > now);
  return held && `run ${held.run_id}, attempt ${held.run_attempt}`;
}

/** What is wrong with the records as a chain: by the product's own reader, and counted again without it. */
export function chainFlaws(world: World): string[] {
  const records = recordsOf(world);
  const head = headOf(world);
  if (!head) return records.length > 0 ? ['there are records without a head'] : [];
  const flaws = verifyChain(records, { hash: String(head.head_hash) }).map(
    ({ id, problem }) => `record ${id} ${problem}`,
  );
  let previous = { hash: '0'.repeat(64), id: undefined as string | undefined };
  for (const [index, record] of records.entries()) {
    const { hash, ...content } = record;
    const sorted = Object.fromEntries(Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1)));
    const counted = createHash('sha256').update(JSON.stringify(sorted)).digest('hex');
    const id = String(record.deployment_id);
    if (hash !== counted) flaws.push(`record ${id} does not have the hash of its content`);
    if (record.previous_hash !== previous.hash || record.previous !== previous.id)
      flaws.push(`record ${id} does not follow ${previous.id ?? 'nothing'}`);
    if (record.sequence !== index + 1) flaws.push(`record ${id} is number ${record.sequence}`);
    previous = { hash: String(hash), id };
  }
  if (head.head_hash !== previous.hash) flaws.push('the head is not at the last record');
  return flaws;
}
