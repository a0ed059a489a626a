import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetAliasCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, expect, test } from '@jest/globals';
import { awsCall, clientOptions } from './index.ts';

let server: Server | undefined;

afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

test('gives up on a connection over which nothing comes, and says in how many attempts', async () => {
  let asked = 0;
  server = createServer(() => {
    asked += 1;
  });
  await new Promise<void>((listening) => server?.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const client = new LambdaClient({
    ...clientOptions({ region: 'af-south-1', silence: 100, attempts: 2 }),
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'secret' },
  });
  const call = { service: 'Lambda', operation: 'GetAlias', what: 'alias `live` could not be read' };
  const command = new GetAliasCommand({ FunctionName: 'orders', Name: 'live' });
  await expect(awsCall(call, () => client.send(command))).rejects.toThrow(
    /alias `live` could not be read: no answer came from AWS in 2 attempts/i,
  );
  expect(asked).toBe(2);
}, 10_000);

test('takes the region that the AWS CLI would take, and the one that is given before it', () => {
  const env = { AWS_DEFAULT_REGION: 'af-south-1' };
  expect(clientOptions({}, env).region).toBe('af-south-1');
  expect(clientOptions({}, { ...env, AWS_REGION: 'eu-west-1' }).region).toBe('eu-west-1');
  expect(clientOptions({ region: 'us-east-1' }, env).region).toBe('us-east-1');
  expect(clientOptions({}, {})).not.toHaveProperty('region');
});
