import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { errorsOf } from '../bundle/run.ts';
import { gatePage } from '../gates/refusals.ts';
import { functionName, type LambdaWorld, lambdaWorld } from './lambda-world.ts';

const page = gatePage('health-check');

let world: LambdaWorld;
let server: Server | undefined;
afterEach(async () => {
  await world.close();
  await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
  server = undefined;
});

const start = async (live: Parameters<typeof lambdaWorld>[1][string] = '1') => {
  world = await lambdaWorld(['sound', 'unwell', 'broken'], { 'latest-prod': live });
};
const base = { function: functionName, alias: 'latest-prod', payload: '{"path": "/health"}', timeout: '20s' };
const check = (inputs: Readonly<Record<string, string>> = {}) =>
  world.run('health-check', { ...base, ...inputs });

/** An address on this machine that answers with each status in turn, then with the last. */
async function address(...statuses: number[]): Promise<string> {
  const left = [...statuses];
  server = createServer((_, response) => {
    const status = left.length > 1 ? left.shift() : left[0];
    response.writeHead(status ?? 200).end('tenants are up');
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`;
}

test('a function that answers 200 passes, and the version that answered is told', async () => {
  await start();
  const run = await check({ 'expect-body': '^up /health$', 'expected-version': '1' });
  expect(run).toMatchObject({ code: 0, outputs: { decision: 'pass', 'executed-version': '1' } });
  expect(run.summary).toMatch(/health-check: pass[\s\S]*status 200 from version 1/);
});

test.each([
  ['another status', { version: '2' }, /not healthy in 5 looks over 20s: status 503 from version 2/],
  [
    'a function error',
    { version: '3' },
    /the function failed from version 3: TypeError: tenants is not iterable/,
  ],
  ['another body', { 'expect-body': 'down' }, /a body of 10 characters that does not match/],
  ['another version', { 'expected-version': '2' }, /version 1 answered, not 2/],
])('%s fails at the timeout, with advice', async (what, inputs, message) => {
  await start();
  const begun = world.sandbox.clock.now();
  const run = page.refused(what, await check(inputs));
  expect(run).toMatchObject({ code: 1, outputs: { decision: 'fail' } });
  expect(errorsOf(run)).toMatch(message);
  expect(errorsOf(run)).toMatch(/rollback returns to the version before/);
  expect(world.sandbox.clock.now() - begun).toBeLessThanOrEqual(20_000);
});

test('a status that is expected passes', async () => {
  await start();
  expect(await check({ version: '2', 'expect-status': '503' })).toMatchObject({
    code: 0,
    outputs: { decision: 'pass' },
  });
});

test('`mode: warn` reports and lets pass', async () => {
  await start();
  const run = await check({ version: '2', mode: 'warn' });
  expect(run).toMatchObject({ code: 0, outputs: { decision: 'fail' } });
  expect(run.annotations[0]?.level).toBe('warning');
});

test('throttled and failing invocations are looked at again', async () => {
  await start();
  world.sandbox.inject({
    service: 'lambda',
    operation: 'Invoke',
    status: 429,
    code: 'TooManyRequestsException',
    nth: 1,
    times: 1,
  });
  world.sandbox.inject({
    service: 'lambda',
    operation: 'Invoke',
    status: 502,
    code: 'ResourceNotReadyException',
    nth: 2,
    times: 1,
  });
  const run = await check();
  expect(run).toMatchObject({ code: 0, outputs: { decision: 'pass' } });
  expect(run.log).toMatch(/not healthy yet: Lambda did not run it: TooManyRequestsException/);
});

test('an address passes once it answers as it should, often enough in a row', async () => {
  await start();
  const url = await address(503, 200, 503, 200, 200);
  const run = await world.run('health-check', { url, successes: '2', 'expect-body': 'tenants' });
  expect(run).toMatchObject({ code: 0, outputs: { decision: 'pass', 'executed-version': '' } });
  expect(run.log).toMatch(/is healthy after 5 looks/);
  expect(world.calls()).toEqual([]);
});

test('an address where nobody answers fails and says why', async () => {
  await start();
  const url = await address(200);
  await new Promise((resolve) => server?.close(resolve));
  server = undefined;
  const run = page.refused(
    'an address where nobody answers',
    await world.run('health-check', { url, timeout: '5s' }),
  );
  expect(run).toMatchObject({ code: 1, outputs: { decision: 'fail' } });
  expect(errorsOf(run)).toMatch(/no answer: .*ECONNREFUSED/);
});

test('a function and an address are both looked at', async () => {
  await start();
  const run = await check({ url: await address(404), timeout: '5s' });
  const { findings } = JSON.parse(run.outputs.report ?? '{}') as { findings: { outcome: string }[] };
  expect(findings.map(({ outcome }) => outcome)).toEqual(['pass', 'fail']);
  expect(run.code).toBe(1);
});

test.each([
  ['an unknown function', { function: 'tenants' }, /could not be invoked.*ResourceNotFoundException/],
  ['an unknown alias', { alias: 'live' }, /could not be invoked.*ResourceNotFoundException/],
])('%s ends the check at once', async (what, inputs, message) => {
  await start();
  const begun = world.sandbox.clock.now();
  expect(errorsOf(page.refused(what, await check(inputs)))).toMatch(message);
  expect(world.sandbox.clock.now()).toBe(begun);
});

test('missing permission names the IAM action', async () => {
  await start();
  world.sandbox.inject({
    service: 'lambda',
    operation: 'Invoke',
    status: 403,
    code: 'AccessDeniedException',
  });
  expect(errorsOf(await check())).toMatch(/Allow `lambda:InvokeFunction`/);
});

test('every wrong input at once, and nothing called', async () => {
  await start();
  const wrong = {
    function: 'a b',
    alias: '7',
    payload: '{',
    url: 'ftp://x',
    'expect-status': '99',
    'expect-body': '(',
    successes: '0',
    interval: '5',
  };
  const run = await check(wrong);
  expect(run.code).toBe(1);
  for (const input of Object.keys(wrong)) expect(errorsOf(run)).toContain(`${input}: `);
  expect(errorsOf(await world.run('health-check', {}))).toMatch(
    /function: is missing; expected the name or ARN of a function, or a `url`/,
  );
  expect(world.calls()).toEqual([]);
});

page.isToldInDocs();
