import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { readHosts, redirectHosts } from './index.ts';

const original = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = original;
});

test('a named host is asked at its place in the sandbox, with path, query, method and body; others are left alone', async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      seen.push(`${request.method} ${request.url} ${body}`);
      response.end('ok');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  redirectHosts({ 'https://example.atlassian.net': `${url}/jira` });

  await fetch('https://example.atlassian.net/rest/api/3/issue/CHG-1?fields=status');
  await fetch(new Request('https://example.atlassian.net/rest', { method: 'POST', body: 'b' }));
  await fetch(`${url}/elsewhere`);

  expect(seen).toEqual([
    'GET /jira/rest/api/3/issue/CHG-1?fields=status ',
    'POST /jira/rest b',
    'GET /elsewhere ',
  ]);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

test('without a variable there are no hosts', () => {
  expect(readHosts(undefined)).toEqual({});
  expect(readHosts('{"https://a":"http://b"}')).toEqual({ 'https://a': 'http://b' });
});
