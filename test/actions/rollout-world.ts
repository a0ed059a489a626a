import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetAliasCommand, LambdaClient, UpdateAliasCommand } from '@aws-sdk/client-lambda';
import { type Sandbox, startSandbox, type World } from '@promo-actions/sandbox';
import { runAction, type StepOptions, type StepRun } from '../bundle/run.ts';
import { clientConfiguration } from '../sandbox/aws.ts';

/** Tuesday 22:05 in Johannesburg. */
export const start = '2026-03-03T20:05:20Z';
export const place = { function: 'tenant-service', alias: 'latest-prod' };
export const table = 'deployments';
export const key = 'rollout###tenant-service#latest-prod';

const codes = {
  sound: "exports.handler = async () => ({ statusCode: 200, body: 'ok' });",
  unhealthy: "exports.handler = async () => ({ statusCode: 503, body: 'no' });",
  yes: "exports.handler = async (event) => ({ answer: event.canary === '2' ? 'yes' : 'no' });",
  no: "exports.handler = async () => ({ answer: 'no', reason: 'the stock is being counted' });",
} as const;

export interface Release {
  readonly code?: 'sound' | 'unhealthy';
  /** What version 2 does otherwise than version 1. */
  readonly canary?: object;
  readonly traffic?: object;
  readonly world?: World;
  readonly aliases?: Readonly<Record<string, string | { version: string; canary: string; weight: number }>>;
}

/** One account with `tenant-service`, version 1 live and versions 2 and 3 published, traffic, hooks and a table. */
export interface RolloutWorld {
  readonly sandbox: Sandbox;
  run(action: string, inputs: Readonly<Record<string, string>>, options?: StepOptions): Promise<StepRun>;
  /** `1` or `1+2@0.1`. */
  alias(): Promise<string>;
  meddle(version: string, weights?: Readonly<Record<string, number>>): Promise<void>;
  /** When the alias was changed, in whole minutes since the start. */
  moves(): readonly number[];
  /** Resolves (in real time) once the alias was changed so many times and every process waits; the test holds the clock as `test`. */
  untilAtRest(times: number): Promise<void>;
  minutes(): number;
  item(id?: string): Promise<Readonly<Record<string, string | undefined>> | undefined>;
  close(): Promise<void>;
}

export async function rolloutWorld(release: Release = {}): Promise<RolloutWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'rollout-'));
  for (const [name, code] of Object.entries(codes)) {
    await mkdir(join(folder, name));
    await writeFile(join(folder, name, 'index.js'), code);
  }
  const hook = (name: 'yes' | 'no') => ({
    account: 'prod',
    function: `say-${name}`,
    timeout: 10,
    versions: [{ code: name }],
    aliases: {},
  });
  const sandbox = await startSandbox({
    start,
    folder,
    world: {
      accounts: { prod: { id: '222222222222', region: 'af-south-1' } },
      lambda: [
        {
          account: 'prod',
          function: place.function,
          timeout: 10,
          versions: [
            { code: 'sound', description: 'v1.3.0' },
            { code: release.code ?? 'sound', description: 'v1.4.0' },
            { code: 'sound', description: 'v1.5.0' },
          ],
          aliases: release.aliases ?? { [place.alias]: '1' },
        },
        hook('yes'),
        hook('no'),
      ],
      traffic: [
        {
          account: 'prod',
          ...place,
          'requests-per-minute': 600,
          'error-rate': '0.1%',
          latency: { median: '40ms', p95: '120ms' },
          'cold-start': { extra: '800ms', minutes: 2, share: '50%' },
          ...(release.canary ? { versions: { '2': release.canary } } : {}),
          ...release.traffic,
        },
      ],
      dynamodb: [{ account: 'prod', table, key: 'deployment_id' }],
      ...release.world,
    },
  });
  const lambda = new LambdaClient(clientConfiguration(sandbox));
  const dynamo = new DynamoDBClient(clientConfiguration(sandbox));
  const since = (at: number) => (at - Date.parse(start)) / 60_000;
  const moves = () =>
    sandbox
      .journal()
      .filter(({ operation, status }) => operation === 'UpdateAlias' && status === 200)
      .map(({ at }) => Math.floor(since(at)));
  return {
    sandbox,
    moves,
    run: (action, inputs, options = {}) =>
      runAction(action, { ...options, inputs, sandbox: sandbox.environment() }),
    async alias() {
      const { FunctionVersion, RoutingConfig } = await lambda.send(
        new GetAliasCommand({ FunctionName: place.function, Name: place.alias }),
      );
      const weights = Object.entries(RoutingConfig?.AdditionalVersionWeights ?? {});
      return [FunctionVersion, ...weights.map(([version, weight]) => `${version}@${weight}`)].join('+');
    },
    async meddle(version, weights = {}) {
      const RoutingConfig = { AdditionalVersionWeights: weights };
      const alias = { FunctionName: place.function, Name: place.alias };
      await lambda.send(new UpdateAliasCommand({ ...alias, FunctionVersion: version, RoutingConfig }));
    },
    async untilAtRest(times) {
      const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
      const isAtRest = () => {
        const processes = sandbox.clock.holders().filter(({ id }) => id !== 'test');
        return processes.length > 0 && processes.every(({ until }) => until !== undefined);
      };
      while (moves().length < times || !isAtRest()) await pause(20);
    },
    minutes: () => since(sandbox.clock.now()),
    async item(id = key) {
      const { Item } = await dynamo.send(
        new GetItemCommand({ TableName: table, Key: { deployment_id: { S: id } } }),
      );
      return (
        Item &&
        Object.fromEntries(
          Object.entries(Item).map(([name, value]) => [name, value.S ?? value.N ?? value.SS?.join(' ')]),
        )
      );
    },
    async close() {
      lambda.destroy();
      dynamo.destroy();
      await sandbox.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
