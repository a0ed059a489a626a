import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

let folder: string;
let command: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promo-sandbox-cli-'));
  command = join(folder, 'sandbox.mjs');
  const rolldown = createRequire(join(process.cwd(), 'package.json')).resolve('rolldown/package.json');
  const bundle = ['packages/sandbox/src/cli.ts', '--file', command, '--format', 'esm', '--platform', 'node'];
  await promisify(execFile)(process.execPath, [join(dirname(rolldown), 'bin', 'cli.mjs'), ...bundle]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Started {
  readonly child: ChildProcess;
  /** Where it listens; rejects with what it wrote when it ends instead. */
  readonly url: Promise<string>;
  readonly ended: Promise<{ code: number | null; out: string; err: string }>;
}

function sandbox(...args: string[]): Started {
  const child = spawn(process.execPath, [command, ...args], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }));
  });
  const url = new Promise<string>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
      const [, found] = /listens on (\S+) /.exec(out) ?? [];
      if (found !== undefined) resolve(found);
    });
    child.on('close', () => reject(new Error(`It ended: ${out}${err}`)));
  });
  url.catch(() => undefined);
  return { child, url, ended };
}

test('it serves, tells how to point a terminal at it, lets time flow, and ends when told to', async () => {
  const started = sandbox('--port', '0');
  const url = await started.url;
  const now = async () => ((await (await fetch(`${url}/_sandbox/health`)).json()) as { now: number }).now;
  const first = await now();
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(await now()).toBeGreaterThan(first);
  started.child.kill('SIGTERM');
  const { code, out } = await started.ended;
  expect(code).toBe(0);
  expect(out).toContain(`export AWS_ENDPOINT_URL=${url}`);
  expect(out).toContain('The world is empty.');
});

test('a scenario gives its world and its moment, and frozen time stands', async () => {
  await writeFile(
    join(folder, 'scenario.yml'),
    "start: 2026-03-03T20:05:00Z\nworld: { accounts: { prod: { id: '222222222222', region: af-south-1 } } }\nexpect: {}\n",
  );
  const started = sandbox('--port', '0', '--scenario', 'scenario.yml', '--time', 'frozen');
  const url = await started.url;
  const health = await (await fetch(`${url}/_sandbox/health`)).json();
  expect(health).toMatchObject({ iso: '2026-03-03T20:05:00.000Z' });
  started.child.kill('SIGINT');
  const { code, out } = await started.ended;
  expect(code).toBe(0);
  expect(out).toContain('Accounts: prod 222222222222.');
  expect(out).toContain('export AWS_ACCESS_KEY_ID=222222222222');
  expect(out).toMatch(/export AWS_REGION=(\S+)\n {2}export AWS_DEFAULT_REGION=\1\n/);
});

test('a port that is taken is told', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => taken.once('listening', resolve));
  const { port } = taken.address() as { port: number };
  expect(await sandbox('--port', String(port)).ended).toEqual({
    code: 2,
    out: '',
    err: `Port ${port} is taken. Stop what listens there, or choose another with --port (0 takes any free one).\n`,
  });
  taken.close();
});

test.each([
  [['--port', 'x'], '--port x: a port is a number from 0 to 65535.'],
  [['--time', 'slow'], '--time slow: it is flow or frozen.'],
  [['--bogus'], "Unknown option '--bogus'"],
  [['--scenario', 'none.yml'], 'none.yml: there is no such scenario file'],
])('%j is refused', async (args, message) => {
  const { code, err } = await sandbox(...args).ended;
  expect(code).toBe(2);
  expect(err).toContain(message);
});

test('a world that cannot be is told with its place', async () => {
  await writeFile(
    join(folder, 'broken.yml'),
    "world:\n  accounts: { sit: { id: '111111111111' } }\n  lambda: [{ account: sit, function: a, versions: [{ code: nowhere }] }]\n",
  );
  const { code, err } = await sandbox('--port', '0', '--scenario', 'broken.yml').ended;
  expect(code).toBe(2);
  expect(err).toMatch(/^broken\.yml:3:60: .*There is no code at .*nowhere/);
});

test('help is help', async () => {
  expect(await sandbox('--help').ended).toMatchObject({
    code: 0,
    err: '',
    out: expect.stringContaining('Usage:'),
  });
});
