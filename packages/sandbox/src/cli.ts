import { parseArgs } from 'node:util';
import { type Sandbox, startSandbox } from './sandbox.ts';
import { inWorld, WorldMistake } from './scenario-file/index.ts';
import { loadScenarioWorld, ScenarioError, type ScenarioWorld } from './world/index.ts';

const HELP = `Usage: npm run sandbox -- [options]

A local cloud on 127.0.0.1 that the AWS CLI, the AWS SDKs and Octokit can be pointed at.

  --port NUMBER      the port to listen on; 0 takes any free one (default 4566)
  --scenario FILE    a scenario (YAML or JSON); its world, start, seed and faults are used
  --time flow|frozen flow: virtual time also goes on with real time (default)
                     frozen: it moves only by POST /_sandbox/clock/advance, or when all processes on it wait
  --help             this text

Without a scenario the world is empty: functions, parameters and tables can be created.
`;

/** A mistake of the caller; told without a stack trace. */
class UsageError extends Error {}

interface Options {
  readonly port: number;
  readonly scenario: string | undefined;
  readonly time: 'flow' | 'frozen';
}

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2));
  if (options === undefined) {
    process.stdout.write(HELP);
    return;
  }
  const scenario = options.scenario === undefined ? undefined : await loadScenarioWorld(options.scenario);
  const sandbox = await start(options, scenario);
  for (const [index, fault] of scenario?.faults.entries() ?? [])
    await inWorld(['faults', index, 'service'], () => sandbox.inject(fault)).catch(misplaced(scenario));
  process.stdout.write(welcome(sandbox, options, scenario));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      void sandbox.close().then(() => process.exit(0));
    });
  }
}

/** Undefined when help is wanted. */
function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parse(args);
  if (values.help) return undefined;
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UsageError(`--port ${values.port}: a port is a number from 0 to 65535.`);
  }
  if (values.time !== 'flow' && values.time !== 'frozen') {
    throw new UsageError(`--time ${values.time}: it is flow or frozen.`);
  }
  return { port, scenario: values.scenario, time: values.time };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: { type: 'string', default: '4566' },
        scenario: { type: 'string' },
        time: { type: 'string', default: 'flow' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

async function start(options: Options, scenario: ScenarioWorld | undefined): Promise<Sandbox> {
  try {
    return await startSandbox({
      port: options.port,
      time: options.time,
      start: scenario?.start ?? Date.now(),
      ...(scenario === undefined ? {} : { world: scenario.world, folder: scenario.folder }),
      ...(scenario?.seed === undefined ? {} : { seed: scenario.seed }),
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return misplaced(scenario)(error);
    throw new UsageError(
      `Port ${options.port} is taken. Stop what listens there, or choose another with --port (0 takes any free one).`,
    );
  }
}

/** A mistake in the scenario is told with its place. */
function misplaced(scenario: ScenarioWorld | undefined): (error: unknown) => never {
  return (error) => {
    if (scenario === undefined || !(error instanceof WorldMistake)) throw error;
    throw new ScenarioError(`${scenario.placeOf(error.path)}: ${error.message}`);
  };
}

function welcome(sandbox: Sandbox, options: Options, scenario: ScenarioWorld | undefined): string {
  const environment = sandbox.environment();
  const shown = [
    'AWS_ENDPOINT_URL',
    'AWS_ACCESS_KEY_ID',
    'AWS_SECRET_ACCESS_KEY',
    'AWS_REGION',
    // Version 1 of the AWS CLI reads this one alone.
    'AWS_DEFAULT_REGION',
    'GITHUB_API_URL',
  ];
  const accounts = Object.entries(scenario?.world.accounts ?? {}).map(([name, { id }]) => `${name} ${id}`);
  const time = `virtual time ${new Date(sandbox.clock.now()).toISOString()}, ${options.time === 'flow' ? 'flowing' : 'frozen'}`;
  return [
    `The sandbox listens on ${sandbox.url} (${time}).`,
    accounts.length === 0 ? 'The world is empty.' : `Accounts: ${accounts.join(', ')}.`,
    '',
    'Point a terminal at it; the access key is the account:',
    ...shown.map((name) => `  export ${name}=${environment[name]}`),
    '  aws lambda list-functions',
    '',
    `Move time:     curl -X POST ${sandbox.url}/_sandbox/clock/advance -d '{"by": 300000}'`,
    `Every call:    curl ${sandbox.url}/_sandbox/journal`,
    'Ctrl-C stops it.',
    '',
  ].join('\n');
}

main().catch((error: unknown) => {
  if (error instanceof UsageError || error instanceof ScenarioError) {
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
