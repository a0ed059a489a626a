import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AliasConfiguration,
  LambdaClient,
  ListAliasesCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-lambda';
import type { Contract } from '@promo-actions/core/action';
import { type JournalEntry, type Sandbox, startSandbox, type World } from '@promo-actions/sandbox';
import { runAction, type StepOptions, type StepRun } from '../bundle/run.ts';
import { clientConfiguration } from '../sandbox/aws.ts';

export const functionName = 'tenant-service';
export const prodRole = 'arn:aws:iam::222222222222:role/tenant-service';

const accounts = { prod: { id: '222222222222', region: 'af-south-1' } };

/** What a version's handler does with its event. */
export const handlers = {
  sound: 'exports.handler = async (event) => ({ statusCode: 200, body: "up " + event.path });',
  unwell: 'exports.handler = async () => ({ statusCode: 503, body: "down" });',
  broken: 'exports.handler = async () => { throw new TypeError("tenants is not iterable"); };',
} as const;

type Version =
  | keyof typeof handlers
  | { readonly handler: keyof typeof handlers; readonly role?: string; readonly description?: string };
type AliasDefinition =
  | string
  | { readonly version: string; readonly canary: string; readonly weight: number };

/** One account, `prod`, with one function; aliases are read back through the AWS SDK, not through the product. */
export interface LambdaWorld {
  readonly sandbox: Sandbox;
  readonly client: LambdaClient;
  /** Runs a bundle, and holds every call that it makes to the permissions of its contract. */
  run(action: string, inputs: Readonly<Record<string, string>>, options?: StepOptions): Promise<StepRun>;
  /** `3` or `3+4@0.1` by alias. */
  aliases(): Promise<Readonly<Record<string, string>>>;
  alias(name?: string): Promise<string | undefined>;
  /** Replaces the world's parts; the account and the folder of code stay. */
  load(parts: World): Promise<void>;
  /** Moves an alias as someone else would. */
  meddle(version: string, weights?: Readonly<Record<string, number>>): Promise<void>;
  /** What was called, in order, such as `UpdateAlias`. */
  calls(): readonly string[];
  /** The calls that change something. */
  writes(): readonly string[];
  close(): Promise<void>;
}

export async function lambdaWorld(
  versions: readonly Version[],
  aliases: Readonly<Record<string, AliasDefinition>>,
  more: World = {},
): Promise<LambdaWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'lambda-'));
  const sandbox = await startSandbox({
    start: '2026-03-03T20:05:00Z',
    folder,
    world: {
      accounts,
      lambda: [
        {
          account: 'prod',
          function: functionName,
          role: prodRole,
          timeout: 10,
          versions: await Promise.all(
            versions.map((version, index) => definition(folder, version, index + 1)),
          ),
          aliases,
        },
      ],
      ...more,
    },
  });
  const client = new LambdaClient(clientConfiguration(sandbox));

  const list = async (): Promise<readonly AliasConfiguration[]> => {
    const { Aliases = [] } = await client.send(new ListAliasesCommand({ FunctionName: functionName }));
    return Aliases;
  };
  const read = async () =>
    Object.fromEntries((await list()).map((alias) => [alias.Name ?? '', describeAlias(alias)]));
  return {
    sandbox,
    client,
    async run(action, inputs, options = {}) {
      const before = sandbox.journal().length;
      const run = await runAction(action, { ...options, inputs, sandbox: sandbox.environment() });
      await requirePermissions(action, sandbox.journal().slice(before));
      return run;
    },
    aliases: read,
    alias: async (name = 'latest-prod') => (await read())[name],
    load: (parts) => sandbox.load({ accounts, ...parts }),
    async meddle(version, weights = {}) {
      const RoutingConfig = { AdditionalVersionWeights: weights };
      await client.send(
        new UpdateAliasCommand({
          FunctionName: functionName,
          Name: 'latest-prod',
          FunctionVersion: version,
          RoutingConfig,
        }),
      );
    },
    calls: () => sandbox.journal().map(({ operation }) => operation),
    writes: () =>
      sandbox
        .journal()
        .map(({ operation }) => operation)
        .filter((name) => !/^(Get|List|Invoke|Download)/.test(name)),
    async close() {
      client.destroy();
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** @throws Error naming every call whose IAM action the contract does not name. */
async function requirePermissions(action: string, calls: readonly JournalEntry[]): Promise<void> {
  const path = join(process.cwd(), 'actions', action, 'src/contract.ts');
  const { contract } = (await import(path)) as { contract: Contract };
  const named = new Set(contract.permissions.aws);
  const used = calls.filter(({ operation }) => operation !== 'DownloadCode').map(iamAction);
  const missing = [...new Set(used)].filter((permission) => !named.has(permission));
  if (missing.length > 0)
    throw new Error(`${action} called what its contract does not name: ${missing.join(', ')}`);
}

function iamAction({ service, operation }: JournalEntry): string {
  return operation === 'Invoke' ? 'lambda:InvokeFunction' : `${service}:${operation}`;
}

async function definition(folder: string, version: Version, number: number) {
  const { handler, ...rest } = typeof version === 'string' ? { handler: version } : version;
  const code = `v${number}`;
  await mkdir(join(folder, code));
  await writeFile(join(folder, code, 'index.js'), `// version ${number}\n${handlers[handler]}\n`);
  return { code, ...rest };
}

function describeAlias(alias: AliasConfiguration): string {
  const weights = Object.entries(alias.RoutingConfig?.AdditionalVersionWeights ?? {});
  return [alias.FunctionVersion, ...weights.map(([version, weight]) => `${version}@${weight}`)].join('+');
}
