import { once } from 'node:events';
import { Agent, request, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Answer } from '../kernel/index.ts';

// Loaded when first used, and not by the bundler: it loads its own parts by computed names.
const load = createRequire(import.meta.url);

interface Options {
  readonly createTableMs: number;
  readonly deleteTableMs: number;
  readonly updateTableMs: number;
}

/** The headers of DynamoDB's answers that the sandbox passes on. */
const KEPT = ['content-type', 'x-amz-crc32'];

/** One dynalite in memory, reachable on a loopback port of its own. */
export interface Engine {
  call(headers: Readonly<Record<string, string>>, body: Uint8Array | string): Promise<Answer>;
  close(): Promise<void>;
}

export async function startEngine(): Promise<Engine> {
  const dynalite = load('dynalite') as (options: Options) => Server;
  const server = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  // On a busy machine a connection must not be closed for idleness while a request is on its way to it.
  server.keepAliveTimeout = 0;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const agent = new Agent({ keepAlive: true });
  return {
    async call(headers, body) {
      const sent = request({
        host: '127.0.0.1',
        port,
        method: 'POST',
        path: '/',
        agent,
        headers: { ...headers },
      });
      sent.end(body);
      const [response] = (await once(sent, 'response')) as [import('node:http').IncomingMessage];
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      const kept = KEPT.flatMap((name) =>
        response.headers[name] === undefined ? [] : [[name, String(response.headers[name])]],
      );
      return {
        status: response.statusCode ?? 500,
        headers: Object.fromEntries(kept),
        body: Buffer.concat(chunks),
      };
    },
    async close() {
      agent.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve, reject) => {
        server.close((error) => (error === undefined || error === null ? resolve() : reject(error)));
      });
    },
  };
}
