import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, normalize, sep } from 'node:path';
import { unzipSync } from 'fflate';
import type { LambdaFunction, Version } from './model.ts';
import { functionArn } from './names.ts';
import { RUNTIME_SCRIPT } from './runtime-script.ts';

/** What came of running a handler once. */
export interface Outcome {
  /** The JSON that the handler answered, or Lambda's error document. */
  readonly payload: string;
  readonly failed: boolean;
  /** What it wrote, as Lambda logs it. */
  readonly log: string;
  /** Real milliseconds. */
  readonly duration: number;
}

export interface Run {
  readonly owner: LambdaFunction;
  readonly version: Version;
  readonly payload: string;
  readonly requestId: string;
  readonly invokedArn: string;
  readonly clientContext: string | undefined;
  /** Virtual epoch milliseconds; the handler's Date begins there and goes on with real time. */
  readonly now: number;
}

type Report = { readonly payload: string; readonly failed: boolean };
type Loaded = { readonly loaded: true };

/** Real seconds that a process has for starting and loading its handler, on however busy a machine. */
const LOADING = 60;
/** Real milliseconds that output may still come after a process has ended. */
const OUTPUT = 1000;

/** Runs Node handlers from their zips, each call in a process of its own. */
export class Runtime {
  #folder: string | undefined;
  readonly #unpacked = new Map<string, Promise<string>>();
  readonly #running = new Set<ChildProcess>();
  readonly #runs = new Set<Promise<Outcome>>();
  #closed = false;
  readonly #url: () => string;

  constructor(url: () => string) {
    this.#url = url;
  }

  run(run: Run): Promise<Outcome> {
    const outcome = this.#run(run);
    this.#runs.add(outcome);
    const done = (): void => void this.#runs.delete(outcome);
    outcome.then(done, done);
    return outcome;
  }

  /** Ends what still runs, and leaves nothing on disk. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const child of this.#running) child.kill('SIGKILL');
    await Promise.allSettled(this.#runs);
    process.off('exit', this.#removeFolder);
    if (this.#folder !== undefined) await rm(this.#folder, { recursive: true, force: true });
  }

  async #run(run: Run): Promise<Outcome> {
    const folder = await this.#unpack(run.version);
    if (this.#closed) {
      return {
        ...failure('Sandbox.Closed', 'The sandbox was closed before the handler ran.'),
        log: '',
        duration: 0,
      };
    }
    const began = performance.now();
    const child = spawn(process.execPath, ['--input-type=module', '--eval', RUNTIME_SCRIPT], {
      cwd: folder,
      env: { ...environmentOf(run, this.#url()), SANDBOX_TASK_ROOT: folder },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.#running.add(child);
    try {
      const { report, written } = await watch(child, run);
      const duration = performance.now() - began;
      return { ...report, duration, log: logOf(run, written, duration) };
    } finally {
      child.kill('SIGKILL');
      child.stdout?.destroy();
      child.stderr?.destroy();
      this.#running.delete(child);
    }
  }

  #unpack({ code }: Version): Promise<string> {
    const known = this.#unpacked.get(code.sha256);
    if (known !== undefined) return known;
    const name = String(this.#unpacked.size);
    const unpacked = unpackInto(join(this.#makeFolder(), name), code.zip);
    this.#unpacked.set(code.sha256, unpacked);
    return unpacked;
  }

  #makeFolder(): string {
    if (this.#folder === undefined) {
      this.#folder = mkdtempSync(join(tmpdir(), 'promo-sandbox-lambda-'));
      process.once('exit', this.#removeFolder);
    }
    return this.#folder;
  }

  /** For a process that ends without closing its sandbox. */
  readonly #removeFolder = (): void => {
    if (this.#folder !== undefined) rmSync(this.#folder, { recursive: true, force: true });
  };
}

async function unpackInto(folder: string, zip: Uint8Array): Promise<string> {
  await mkdir(folder, { recursive: true });
  for (const [name, content] of Object.entries(unzipSync(zip))) {
    const path = normalize(join(folder, name));
    if (name.endsWith('/') || !path.startsWith(folder + sep)) continue;
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
  }
  return folder;
}

/** The handler's report, or Lambda's own for one that died or took too long. Its time counts from when it is loaded. */
function watch(child: ChildProcess, run: Run): Promise<{ report: Report; written: string }> {
  return new Promise((resolve) => {
    let written = '';
    let report: Report | undefined;
    const collect = (chunk: Buffer): void => {
      written += chunk.toString('utf8');
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    const { timeout } = run.version.configuration;
    const endAfter = (seconds: number): NodeJS.Timeout =>
      setTimeout(() => {
        const message = `${run.requestId} Error: Task timed out after ${seconds.toFixed(2)} seconds`;
        report ??= failure('Sandbox.Timedout', `RequestId: ${message}`);
        child.kill('SIGKILL');
      }, seconds * 1000);
    let timer = endAfter(LOADING);
    const end = (how: string): void => {
      clearTimeout(timer);
      report ??= failure(
        'Runtime.ExitError',
        `RequestId: ${run.requestId} Error: Runtime exited with error: ${how}`,
      );
      resolve({ report, written });
    };
    child.on('message', (message: Loaded | Report) => {
      clearTimeout(timer);
      if ('loaded' in message) {
        timer = endAfter(timeout);
        return;
      }
      report ??= message;
      child.kill('SIGKILL');
    });
    child.on('error', (error) => {
      report ??= failure('Runtime.ExitError', `RequestId: ${run.requestId} Error: ${error.message}`);
      if (child.pid === undefined) end(error.message);
    });
    child.once('exit', (code, signal) => {
      const how = code === null ? `signal: ${signal}` : `exit status ${code}`;
      // What the handler started may outlive it and keep its pipes open.
      const enough = setTimeout(() => end(how), OUTPUT);
      child.once('close', () => {
        clearTimeout(enough);
        end(how);
      });
    });
    child.send({
      payload: run.payload,
      handler: run.version.configuration.handler,
      now: run.now,
      timeout: timeout * 1000,
      context: {
        awsRequestId: run.requestId,
        functionName: run.owner.name,
        functionVersion: run.version.number,
        invokedFunctionArn: run.invokedArn,
        memoryLimitInMB: String(run.version.configuration.memory),
        logGroupName: `/aws/lambda/${run.owner.name}`,
        logStreamName: logStream(run),
        clientContext: run.clientContext === undefined ? undefined : decodeContext(run.clientContext),
      },
    });
  });
}

function failure(errorType: string, errorMessage: string): Report {
  return { payload: JSON.stringify({ errorType, errorMessage }), failed: true };
}

function decodeContext(base64: string): unknown {
  try {
    return JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}

function logStream({ now, version }: Run): string {
  return `${new Date(now).toISOString().slice(0, 10).replaceAll('-', '/')}/[${version.number}]${randomUUID().replaceAll('-', '')}`;
}

function environmentOf({ owner, version }: Run, url: string): Record<string, string> {
  const { PATH = '', HOME = '', TMPDIR = '' } = process.env;
  return {
    PATH,
    HOME,
    ...(TMPDIR === '' ? {} : { TMPDIR }),
    TZ: ':UTC',
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: owner.scope.account,
    AWS_SECRET_ACCESS_KEY: 'sandbox',
    AWS_REGION: owner.scope.region,
    AWS_DEFAULT_REGION: owner.scope.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${version.configuration.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: owner.name,
    AWS_LAMBDA_FUNCTION_VERSION: version.number,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(version.configuration.memory),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${owner.name}`,
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    _HANDLER: version.configuration.handler,
    ...version.configuration.environment,
  };
}

function logOf({ requestId, version }: Run, written: string, duration: number): string {
  const spent = `Duration: ${duration.toFixed(2)} ms\tBilled Duration: ${Math.ceil(duration)} ms`;
  const memory = `Memory Size: ${version.configuration.memory} MB`;
  return [
    `START RequestId: ${requestId} Version: ${version.number}`,
    ...(written === '' ? [] : [written.trimEnd()]),
    `END RequestId: ${requestId}`,
    `REPORT RequestId: ${requestId}\t${spent}\t${memory}`,
    '',
  ].join('\n');
}

export function qualifiedArn(
  { owner, version }: Pick<Run, 'owner' | 'version'>,
  alias: string | undefined,
): string {
  const qualifier = alias ?? (version.number === '$LATEST' ? undefined : version.number);
  return functionArn(owner.scope, owner.name, qualifier);
}
