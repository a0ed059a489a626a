import { afterEach, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '../index.ts';

let sandbox: Sandbox | undefined;
afterEach(async () => {
  await sandbox?.close();
  sandbox = undefined;
});

const SIGNATURE =
  'AWS4-HMAC-SHA256 Credential=111111111111/20260303/af-south-1/lambda/aws4_request, SignedHeaders=host, Signature=0';

test('health tells the virtual time', async () => {
  sandbox = await startSandbox({ start: '2026-03-03T20:05:00Z' });
  const answer = await fetch(`${sandbox.url}/_sandbox/health`);
  expect(await answer.json()).toEqual({
    status: 'ok',
    now: Date.parse('2026-03-03T20:05:00Z'),
    iso: '2026-03-03T20:05:00.000Z',
  });
});

test('an operation that nobody serves is told by name, dated with virtual time, and journalled', async () => {
  sandbox = await startSandbox({ start: '2026-03-03T20:05:00Z' });
  const answer = await fetch(`${sandbox.url}/2099-01-01/unheard-of`, {
    headers: { authorization: SIGNATURE },
  });
  expect(answer.status).toBe(501);
  expect(answer.headers.get('date')).toBe('Tue, 03 Mar 2026 20:05:00 GMT');
  expect(answer.headers.get('x-amzn-requestid')).toMatch(/^[0-9a-f-]{36}$/);
  expect(await answer.json()).toMatchObject({
    __type: 'NotImplemented',
    message: 'The sandbox does not know the operation GET /2099-01-01/unheard-of.',
  });
  expect(sandbox.journal()).toMatchObject([
    {
      n: 1,
      service: 'lambda',
      operation: 'GET /2099-01-01/unheard-of',
      account: '111111111111',
      region: 'af-south-1',
      status: 501,
    },
  ]);
});

test('the API refuses what it does not understand, with the reason', async () => {
  sandbox = await startSandbox();
  const wrong = await fetch(`${sandbox.url}/_sandbox/faults`, {
    method: 'POST',
    body: '{"service":"lambda"}',
  });
  expect(wrong.status).toBe(400);
  expect(await wrong.json()).toEqual({
    message: expect.stringContaining('a fault needs a status, a latency or a drop'),
  });
  const back = await fetch(`${sandbox.url}/_sandbox/clock/advance`, {
    method: 'POST',
    body: '{"to":"2020-01-01T00:00:00Z"}',
  });
  expect(await back.json()).toEqual({ message: expect.stringContaining('Time goes forward only') });
});

test('a watcher sees every call before and after its effect; a caller that dies while it is kept waiting has had none', async () => {
  sandbox = await startSandbox({
    world: {
      accounts: { prod: { id: '222222222222', region: 'af-south-1' } },
      ssm: [{ account: 'prod', name: '/a', type: 'String', value: '1' }],
    },
  });
  const { url } = sandbox;
  const put = (value: string, signal?: AbortSignal) =>
    fetch(url, {
      method: 'POST',
      headers: {
        authorization: SIGNATURE.replace('111111111111', '222222222222').replace('lambda', 'ssm'),
        'content-type': 'application/x-amz-json-1.1',
        'x-amz-target': 'AmazonSSM.PutParameter',
      },
      body: JSON.stringify({ Name: '/a', Value: value, Type: 'String', Overwrite: true }),
      ...(signal ? { signal } : {}),
    });
  const seen: string[] = [];
  const caller = new AbortController();
  sandbox.watch({
    async before({ nth, service, operation, gone }) {
      seen.push(`before ${nth} ${service} ${operation}`);
      if (nth !== 2) return;
      caller.abort();
      await new Promise((resolve) => gone.addEventListener('abort', resolve));
    },
    after: ({ nth }) => {
      seen.push(`after ${nth}`);
    },
  });
  expect(await (await put('2')).json()).toMatchObject({ Version: 2 });
  await expect(put('3', caller.signal)).rejects.toThrow();
  expect(await (await put('4')).json()).toMatchObject({ Version: 3 });
  expect(seen).toEqual([
    'before 1 ssm PutParameter',
    'after 1',
    'before 2 ssm PutParameter',
    'before 3 ssm PutParameter',
    'after 3',
  ]);
  expect(sandbox.journal()).toContainEqual(
    expect.objectContaining({ operation: 'PutParameter', status: 0, fault: 'the caller died before it' }),
  );
});
