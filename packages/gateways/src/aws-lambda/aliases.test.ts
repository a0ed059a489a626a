import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createAliasStore } from './index.ts';

const read = { functionName: 'orders', name: 'live', stableVersion: '7', description: '', revisionId: 'r1' };
const given = {
  AWS_ACCESS_KEY_ID: 'AKIAEXAMPLE',
  AWS_SECRET_ACCESS_KEY: 'secret',
  AWS_REGION: 'af-south-1',
};
const before = { ...process.env };
let server: Server;
let asked: string[];
let conflicts: number;

beforeEach(async () => {
  asked = [];
  conflicts = 0;
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    const busy = asked.length <= conflicts;
    response.writeHead(busy ? 409 : 200, {
      'content-type': 'application/json',
      ...(busy ? { 'x-amzn-errortype': 'ResourceConflictException' } : {}),
    });
    const message =
      'The operation cannot be performed at this time. An update is in progress for resource: orders';
    response.end(JSON.stringify(busy ? { Message: message } : { Name: 'live', FunctionVersion: '8' }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  Object.assign(process.env, given, { AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
});

afterEach(() => {
  server.closeAllConnections();
  server.close();
  process.env = before;
});

test('moves an alias although another operation was in progress at first', async () => {
  conflicts = 2;
  const moved = await createAliasStore().update(read, { stableVersion: '8' });
  expect(moved).toMatchObject({ stableVersion: '8' });
  expect(asked).toHaveLength(3);
}, 20_000);

test('does not try again to create an alias that is there', async () => {
  conflicts = 9;
  expect(await createAliasStore().create('orders', 'backup-1', '7', '')).toBe('exists');
  expect(asked).toHaveLength(1);
});
