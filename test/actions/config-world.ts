import { DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import {
  GetParameterHistoryCommand,
  GetParametersByPathCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import type { Contract } from '@promo-actions/core/action';
import { type Sandbox, startSandbox, type World } from '@promo-actions/sandbox';
import { runAction, type StepOptions, type StepRun } from '../bundle/run.ts';
import { clientConfiguration } from '../sandbox/aws.ts';

type Parameter = Extract<NonNullable<World['ssm']>[number], { name: string }>;
/** `[name, value]` is a String, `[name, value, key]` a SecureString. */
export type Given = readonly [name: string, value: string, keyId?: string];

export const accounts = {
  prod: { id: '222222222222', region: 'af-south-1' },
  sit: { id: '111111111111', region: 'eu-west-1' },
};

export const base = {
  environment: 'prod',
  service: 'tenant-service',
  'source-environment': 'sit',
  'source-role': 'arn:aws:iam::111111111111:role/config-reader',
  'source-region': 'eu-west-1',
  project: 'tenants',
  table: 'deployments',
};

/** Two accounts with parameters, and the table of records in the target's. */
export interface ConfigWorld {
  readonly sandbox: Sandbox;
  run(
    inputs?: Readonly<Record<string, string>>,
    options?: StepOptions & { readonly run?: string },
  ): Promise<StepRun>;
  load(sit: readonly Given[], prod: readonly Given[], limits?: World['ssm']): Promise<void>;
  /** Name to value, in the target. */
  values(): Promise<Readonly<Record<string, string>>>;
  /** Every version of a parameter in the target, oldest first: `value (key)`. */
  history(name: string): Promise<readonly string[]>;
  put(name: string, value: string): Promise<void>;
  /** Everything in the table, as text. */
  table(): Promise<string>;
  /** Calls that change something in the target, since the last load. */
  writes(): readonly string[];
  close(): Promise<void>;
}

export async function configWorld(): Promise<ConfigWorld> {
  const sandbox = await startSandbox({ start: '2026-03-03T20:05:00Z', world: { accounts } });
  const ssm = new SSMClient(clientConfiguration(sandbox));
  const dynamo = new DynamoDBClient(clientConfiguration(sandbox));
  let begun = 0;
  return {
    sandbox,
    async run(inputs = {}, { run = '7001', ...options } = {}) {
      const before = sandbox.journal().length;
      const step = await runAction('promote-config', {
        ...options,
        env: { GITHUB_RUN_ID: run, ...options.env },
        inputs: { ...base, ...inputs },
        sandbox: sandbox.environment(),
      });
      await requirePermissions(sandbox.journal().slice(before));
      return step;
    },
    async load(sit, prod, limits = []) {
      await sandbox.load({
        accounts,
        ssm: [
          ...sit.map((one) => parameter('sit', one)),
          ...prod.map((one) => parameter('prod', one)),
          ...limits,
        ],
        dynamodb: [{ account: 'prod', table: 'deployments', key: 'deployment_id' }],
      });
      begun = sandbox.journal().length;
    },
    async values() {
      const found: Record<string, string> = {};
      let NextToken: string | undefined;
      do {
        const page = await ssm.send(
          new GetParametersByPathCommand({ Path: '/', Recursive: true, WithDecryption: true, NextToken }),
        );
        for (const { Name = '', Value = '' } of page.Parameters ?? []) found[Name] = Value;
        NextToken = page.NextToken;
      } while (NextToken);
      return found;
    },
    async history(Name) {
      const { Parameters = [] } = await ssm.send(
        new GetParameterHistoryCommand({ Name, WithDecryption: true }),
      );
      return Parameters.map(({ Value, KeyId }) => (KeyId ? `${Value} (${KeyId})` : `${Value}`));
    },
    async put(Name, Value) {
      await ssm.send(new PutParameterCommand({ Name, Value, Type: 'String', Overwrite: true }));
    },
    async table() {
      const { Items = [] } = await dynamo.send(new ScanCommand({ TableName: 'deployments' }));
      return JSON.stringify(Items);
    },
    writes: () =>
      sandbox
        .journal()
        .slice(begun)
        .map(({ operation }) => operation)
        .filter((name) => /^(Put|Delete|Label)/.test(name)),
    async close() {
      ssm.destroy();
      dynamo.destroy();
      await sandbox.close();
    },
  };
}

function parameter(account: string, [name, value, keyId]: Given): Parameter {
  return keyId ? { account, name, value, type: 'SecureString', 'key-id': keyId } : { account, name, value };
}

/** Holds every call to the permissions of the contract. */
async function requirePermissions(calls: ReturnType<Sandbox['journal']>): Promise<void> {
  const { contract } = (await import('../../actions/promote-config/src/contract.ts')) as {
    contract: Contract;
  };
  const used = calls
    .filter(({ service }) => service !== 'github' && service !== 'sts')
    .map(({ service, operation }) => `${service}:${operation}`);
  const missing = [...new Set(used)].filter((one) => !contract.permissions.aws?.includes(one));
  if (missing.length > 0)
    throw new Error(`promote-config called what it does not name: ${missing.join(', ')}`);
}
