import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../packages/sandbox/src/index.ts';
import { node24 } from '../bundle/node24.ts';

const START = '2026-03-03T20:00:00.000Z';
const MINUTE = 60_000;

let folder: string;
let preload: string;
let sandbox: Sandbox;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'promo-clock-'));
  preload = join(folder, 'clock.mjs');
  const rolldown = createRequire(join(process.cwd(), 'package.json')).resolve('rolldown/package.json');
  const bundle = [
    'packages/sandbox/src/clock/preload.ts',
    '--file',
    preload,
    '--format',
    'esm',
    '--platform',
    'node',
  ];
  await promisify(execFile)(process.execPath, [join(dirname(rolldown), 'bin', 'cli.mjs'), ...bundle]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));
beforeEach(async () => {
  sandbox = await startSandbox({ start: START });
});
afterEach(() => sandbox.close());

/** The Node that the actions run on, and the one that runs the tests. */
const nodes = [...new Set([process.execPath, node24()])];

interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}
interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Resolves when the program has written this text. */
  says(text: string): Promise<void>;
}

let programs = 0;
async function start(
  source: string,
  options: { hold?: string; node?: string; extension?: string } = {},
): Promise<Running> {
  programs += 1;
  const file = join(folder, `program-${programs}.${options.extension ?? 'mjs'}`);
  await writeFile(file, source);
  const { PATH = '' } = process.env;
  const env = {
    PATH,
    ...sandbox.environment(),
    ...(options.hold === undefined ? {} : { PROMO_CLOCK_HOLD: options.hold }),
  };
  const child = spawn(options.node ?? process.execPath, ['--import', preload, file], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  const listeners = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    for (const listener of listeners) listener();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, out, err }));
  });
  const says = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (out.includes(text)) resolve();
      };
      listeners.add(look);
      look();
      void ended.then(() => reject(new Error(`It ended without saying "${text}": ${out}${err}`)));
    });
  return { child, ended, says };
}

const elapsed = (): number => sandbox.clock.now() - Date.parse(START);

describe.each(nodes)('a program on %s', (node) => {
  test('starts at the virtual moment, and a sleep of five minutes takes none of ours', async () => {
    const began = performance.now();
    const program = await start(
      `import { setTimeout as sleep } from 'node:timers/promises';
       console.log(new Date().toISOString());
       await sleep(5 * ${MINUTE});
       console.log(new Date(Date.now()).toISOString(), Date().slice(0, 15), new Date() instanceof Date, new Date(0).getTime());`,
      { node },
    );
    const { code, out, err } = await program.ended;
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n')).toEqual([START, '2026-03-03T20:05:00.000Z Tue Mar 03 2026 true 0', '']);
    expect(elapsed()).toBe(5 * MINUTE);
    expect(performance.now() - began).toBeLessThan(MINUTE);
  });

  test('has timers that behave as the ones of Node', async () => {
    const program = await start(
      `const { promisify } = require('node:util');
       const promises = require('node:timers/promises');
       const said = [];
       const at = (what) => said.push(what + '@' + (Date.now() - Date.parse('${START}')));
       const cleared = setTimeout(() => at('never'), 10);
       clearTimeout(Number(cleared));
       const refreshed = setTimeout(() => at('refreshed'), 3000);
       setTimeout(() => refreshed.refresh(), 2000);
       setTimeout((a, b) => at(a + b), 1000, 'ar', 'gs');
       setTimeout(function () { at(String(this.hasRef())); }, 1000);
       let ticks = 0;
       const every = setInterval(() => { at('tick'); if (++ticks === 2) clearInterval(every); }, 700);
       setInterval(() => at('unref'), 900).unref();
       setTimeout(() => at('soon'), 0);
       promisify(setTimeout)(4000, 'promised').then(at);
       const control = new AbortController();
       promises.setTimeout(9000, null, { signal: control.signal }).catch((error) => at(error.name + error.code));
       setTimeout(() => control.abort(), 1500);
       AbortSignal.timeout(2500).addEventListener('abort', (event) => at(event.target.reason.name));
       (async () => { for await (const value of promises.setInterval(1600, 'loop')) { at(value); break; } })();
       promises.scheduler.wait(3500).then(() => at('scheduled'));
       process.on('beforeExit', () => { if (said.at(-1) !== 'end') { said.push('end'); } });
       process.on('exit', () => console.log(said.join(' ')));`,
      { node, extension: 'cjs' },
    );
    const { code, out } = await program.ended;
    expect(code).toBe(0);
    expect(out.trim()).toBe(
      'soon@0 tick@700 unref@900 args@1000 true@1000 tick@1400 AbortErrorABORT_ERR@1500 loop@1600 unref@1800 ' +
        'TimeoutError@2500 unref@2700 scheduled@3500 unref@3600 promised@4000 unref@4500 refreshed@5000 end',
    );
  });

  test('ends at once when only unreferenced timers are left', async () => {
    const program = await start(`setTimeout(() => console.log('never'), 60000).unref();`, { node });
    expect(await program.ended).toMatchObject({ code: 0, out: '' });
    expect(elapsed()).toBe(0);
  });

  test.each([
    ['process.exitCode = 7; await new Promise((resolve) => setTimeout(resolve, 1000));', 7],
    ['await new Promise((resolve) => setTimeout(resolve, 1000)); process.exit(4);', 4],
    ['await new Promise((resolve) => setTimeout(resolve, 1000)); throw new Error("bang");', 1],
    ['setTimeout(() => { throw new Error("bang"); }, 1000);', 1],
    ['await new Promise((resolve) => setTimeout(resolve, 1000));', 0],
    ['setTimeout(() => undefined, 1000); await new Promise(() => undefined);', 13],
  ])('keeps its exit code: %s', async (source, code) => {
    const program = await start(source, { node });
    expect((await program.ended).code).toBe(code);
    expect(elapsed()).toBe(1000);
  });

  test('hears a signal while it waits, and what its handler does takes no time', async () => {
    const program = await start(
      `process.on('SIGTERM', async () => {
         const answer = await fetch('${sandbox.url}/_sandbox/health');
         console.log('at', (await answer.json()).now - Date.parse('${START}'));
         process.exit(3);
       });
       setTimeout(() => console.log('waited'), 1000);
       setTimeout(() => undefined, 10 * ${MINUTE});
       console.log('ready');`,
      { node },
    );
    sandbox.clock.hold('test');
    await program.says('ready');
    await waitUntil(() => sandbox.clock.holders().some((holder) => holder.until !== undefined));
    program.child.kill('SIGTERM');
    expect(await program.ended).toMatchObject({ code: 3, out: 'ready\nat 0\n' });
    sandbox.clock.release('test');
  });

  test('knows what time it has become when a signal comes into its wait', async () => {
    const program = await start(
      `process.on('SIGINT', () => console.log('int', Date.now() - Date.parse('${START}')));
       process.on('SIGTERM', () => { console.log('term', Date.now() - Date.parse('${START}')); process.exit(3); });
       setTimeout(() => undefined, 10 * ${MINUTE});
       console.log('ready');`,
      { node },
    );
    sandbox.clock.hold('test');
    await program.says('ready');
    const waits = () => sandbox.clock.holders().some(({ id, until }) => id !== 'test' && until !== undefined);
    await waitUntil(waits);
    await sandbox.clock.wait('test', Date.parse(START) + 3 * MINUTE);
    program.child.kill('SIGINT');
    await program.says('int');
    await waitUntil(waits);
    await sandbox.clock.wait('test', Date.parse(START) + 4 * MINUTE);
    program.child.kill('SIGTERM');
    expect(await program.ended).toMatchObject({
      code: 3,
      out: `ready\nint ${3 * MINUTE}\nterm ${4 * MINUTE}\n`,
    });
    sandbox.clock.release('test');
  });
});

test('time moves only when every process waits, to the earliest moment, and not under a request', async () => {
  const sleeper = (minutes: number) =>
    start(`setTimeout(() => console.log('woke', Date.now() - Date.parse('${START}')), ${minutes * MINUTE});`);
  const busy = await start(
    `const began = Date.now();
     for (let call = 0; call < 300; call++) {
       const answer = await fetch('${sandbox.url}/_sandbox/health', { signal: AbortSignal.timeout(1000) });
       const { now } = await answer.json();
       if (now !== began || Date.now() !== began) { console.log('moved', now); process.exit(1); }
       if (call === 0) console.log('busy');
     }
     console.log('done');
     await new Promise((resolve) => setTimeout(resolve, 7 * ${MINUTE}));
     console.log('woke', Date.now() - began);`,
  );
  await busy.says('busy');
  const [five, ten] = await Promise.all([sleeper(5), sleeper(10)]);
  const [first, second, third] = await Promise.all([busy.ended, five.ended, ten.ended]);
  expect(first).toMatchObject({ code: 0, out: `busy\ndone\nwoke ${7 * MINUTE}\n` });
  expect(second).toMatchObject({ code: 0, out: `woke ${5 * MINUTE}\n` });
  expect(third).toMatchObject({ code: 0, out: `woke ${10 * MINUTE}\n` });
  expect(elapsed()).toBe(10 * MINUTE);
});

test('a holder given by the one who started it counts until that one releases it', async () => {
  sandbox.clock.hold('job');
  const program = await start(`setTimeout(() => console.log('woke'), ${MINUTE});`, { hold: 'job' });
  expect(await program.ended).toMatchObject({ code: 0, out: 'woke\n' });
  expect(sandbox.clock.holders()).toEqual([{ id: 'job' }]);
  const advanced = sandbox.clock.advance(MINUTE);
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(elapsed()).toBe(MINUTE);
  sandbox.clock.release('job');
  await advanced;
  expect(elapsed()).toBe(2 * MINUTE);
});

test('the AWS SDK backs off in virtual time, and its timeouts do not fire while others sleep', async () => {
  // Held until both run: the sleeper alone would sleep its minutes out before the other has begun.
  sandbox.clock.hold('program');
  const sleeper = await start(`setTimeout(() => undefined, 10 * ${MINUTE});`);
  await waitUntil(() => sandbox.clock.holders().some((holder) => holder.until !== undefined));
  sandbox.inject({
    service: 'sts',
    operation: 'GetCallerIdentity',
    times: 2,
    status: 429,
    code: 'ThrottlingException',
  });
  const program = await start(
    `import { createRequire } from 'node:module';
     const { STSClient, GetCallerIdentityCommand } = createRequire('${process.cwd()}/package.json')('@aws-sdk/client-sts');
     const client = new STSClient({ requestHandler: { connectionTimeout: 1000, requestTimeout: 1000 } });
     const began = Date.now();
     for (let call = 0; call < 20; call++) {
       const { Account } = await client.send(new GetCallerIdentityCommand({}));
       if (Account !== '000000000000') throw new Error(Account);
     }
     console.log(Date.now() - began);`,
    { hold: 'program' },
  );
  const { code, out, err } = await program.ended;
  sandbox.clock.release('program');
  expect({ code, err }).toEqual({ code: 0, err: '' });
  expect(Number(out)).toBeGreaterThan(0);
  expect(Number(out)).toBeLessThan(MINUTE);
  expect((await sleeper.ended).code).toBe(0);
  expect(elapsed()).toBe(10 * MINUTE);
  expect(sandbox.journal().map(({ status }) => status)).toEqual([
    429,
    429,
    ...Array.from({ length: 20 }, () => 200),
  ]);
});

test('a process that is killed while it waits holds nothing any longer', async () => {
  const doomed = await start(`setTimeout(() => undefined, 10 * ${MINUTE}); console.log('ready');`);
  sandbox.clock.hold('test');
  await doomed.says('ready');
  await waitUntil(() => sandbox.clock.holders().some((holder) => holder.until !== undefined));
  doomed.child.kill('SIGKILL');
  await doomed.ended;
  await waitUntil(() => sandbox.clock.holders().length === 1);
  sandbox.clock.release('test');
  await sandbox.clock.advance(20 * MINUTE);
  expect(elapsed()).toBe(20 * MINUTE);
});

test('an answer that was told to be late moves the caller and the world by its latency, not the caller alone', async () => {
  sandbox.inject({ service: 'sts', operation: 'GetCallerIdentity', nth: 1, latency: '30s' });
  const form = 'Action=GetCallerIdentity&Version=2011-06-15';
  const program = await start(
    `setTimeout(() => console.log('timer', Date.now() - Date.parse('${START}')), 20000);
     const answer = await fetch('${sandbox.url}/', {
       method: 'POST', body: '${form}',
       headers: { 'content-type': 'application/x-www-form-urlencoded',
         authorization: 'AWS4-HMAC-SHA256 Credential=111111111111/20260303/us-east-1/sts/aws4_request, SignedHeaders=host, Signature=0' } });
     await answer.text();
     console.log(answer.status, Date.now() - Date.parse('${START}'));`,
  );
  const { out } = await program.ended;
  expect(out.trim().split('\n').sort()).toEqual(['200 30000', 'timer 30000']);
});

test('without its sandbox a program says so and ends', async () => {
  await sandbox.close();
  const program = await start(`console.log('never');`);
  const { code, err, out } = await program.ended;
  expect({ code, out }).toEqual({ code: 1, out: '' });
  expect(err).toContain(`The sandbox's clock (PROMO_SANDBOX_URL=${sandbox.url}) cannot be reached`);
});

async function waitUntil(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
