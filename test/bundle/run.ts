import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { node24 } from './node24.ts';

const ownBuild = join(process.cwd(), 'build');

export interface StepOptions {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Environment of a sandbox (`sandbox.environment('prod')`); with it the process runs on the sandbox's clock. */
  readonly sandbox?: Readonly<Record<string, string>>;
  /** Files of the checkout, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Runs the action's post with the state that this main left. */
  readonly postOf?: StepRun;
  /** Sees the process as it starts, for instance to signal it. */
  readonly started?: (child: ChildProcess) => void;
  /** What the bundles and the clock were built into. Default: this checkout's. */
  readonly build?: string;
}

export interface StepRun {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly outputs: Readonly<Record<string, string>>;
  readonly state: Readonly<Record<string, string>>;
  readonly summary: string;
  readonly annotations: readonly {
    readonly level: 'error' | 'warning' | 'notice';
    readonly message: string;
  }[];
  /** Everything the process printed, workflow commands included. */
  readonly log: string;
}

/** Runs one bundled action as GitHub's runner does: Node 24, INPUT_ variables, command files, workflow commands on its output. */
export async function runAction(name: string, options: StepOptions = {}): Promise<StepRun> {
  const { build = ownBuild } = options;
  const main = join(build, 'release', name, 'dist', 'index.js');
  if (!existsSync(main)) throw new Error(`${main} is not built: run \`npm run build\` first.`);
  const folder = await mkdtemp(join(tmpdir(), `promo-${name}-`));
  try {
    return await runIn(folder, main, { ...options, build });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runIn(
  folder: string,
  main: string,
  options: StepOptions & { readonly build: string },
): Promise<StepRun> {
  const workspace = join(folder, 'workspace');
  const commandFiles = {
    GITHUB_OUTPUT: 'output',
    GITHUB_ENV: 'env',
    GITHUB_PATH: 'path',
    GITHUB_STATE: 'state',
    GITHUB_STEP_SUMMARY: 'summary',
  };
  await mkdir(workspace);
  await mkdir(join(folder, 'temp'));
  for (const [path, content] of Object.entries(options.files ?? {})) {
    await mkdir(dirname(join(workspace, path)), { recursive: true });
    await writeFile(join(workspace, path), content);
  }
  for (const file of Object.values(commandFiles)) await writeFile(join(folder, file), '');

  const env: Record<string, string> = {
    PATH: process.env.PATH ?? '',
    HOME: folder,
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_WORKSPACE: workspace,
    RUNNER_TEMP: join(folder, 'temp'),
    GITHUB_REPOSITORY: 'example/tenant-service',
    GITHUB_RUN_ID: '7001',
    GITHUB_RUN_ATTEMPT: '1',
    GITHUB_ACTOR: 'release-manager',
    GITHUB_WORKFLOW: 'promote',
    GITHUB_JOB: 'deploy',
    GITHUB_REF: 'refs/heads/main',
    GITHUB_SHA: '0123456789abcdef0123456789abcdef01234567',
    GITHUB_SERVER_URL: 'https://github.com',
    ...options.sandbox,
    ...options.env,
  };
  for (const [variable, file] of Object.entries(commandFiles)) env[variable] = join(folder, file);
  for (const [input, value] of Object.entries(options.inputs ?? {}))
    env[`INPUT_${input.replace(/ /g, '_').toUpperCase()}`] = value;
  for (const [key, value] of Object.entries(options.postOf?.state ?? {})) env[`STATE_${key}`] = value;

  const preload = options.sandbox ? ['--import', join(options.build, 'tools', 'clock.mjs')] : [];
  const child = spawn(node24(), [...preload, main], {
    cwd: workspace,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  options.started?.(child);
  let log = '';
  child.stdout.on('data', (chunk) => {
    log += chunk;
  });
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, exitSignal) => resolve([exitCode, exitSignal]));
  });

  return {
    code,
    signal,
    log,
    outputs: parseCommandFile(await readFile(join(folder, 'output'), 'utf8')),
    state: parseCommandFile(await readFile(join(folder, 'state'), 'utf8')),
    summary: await readFile(join(folder, 'summary'), 'utf8'),
    annotations: annotationsOf(log),
  };
}

/** The messages of a step's error annotations. */
export function errorsOf(run: StepRun): string {
  return run.annotations
    .filter(({ level }) => level === 'error')
    .map(({ message }) => message)
    .join('\n');
}

function parseCommandFile(content: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = content.split('\n');
  for (let index = 0; index < lines.length; index++) {
    const heredoc = /^([^=]+?)<<(.+)$/.exec(lines[index] ?? '');
    if (!heredoc) continue;
    const [, name = '', delimiter = ''] = heredoc;
    const end = lines.indexOf(delimiter, index + 1);
    values[name] = lines.slice(index + 1, end).join('\n');
    index = end;
  }
  return values;
}

function annotationsOf(log: string): StepRun['annotations'] {
  return [...log.matchAll(/^::(error|warning|notice)[^:]*::(.*)$/gm)].map(([, level, message = '']) => ({
    level: level as 'error' | 'warning' | 'notice',
    message: message.replace(/%0A/g, '\n').replace(/%0D/g, '\r').replace(/%25/g, '%'),
  }));
}
