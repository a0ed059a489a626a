import { createRequire } from 'node:module';

// By `import`, Node would make a namespace of its every export, and for one of them load its whole fetch: twice the
// start of every process that is given the sandbox's time.
const http: typeof import('node:http') = createRequire(import.meta.url)('node:http');
const { request: httpRequest, Agent } = http;

/** A process's line to the sandbox's clock, over Node's own HTTP as it was before anything was replaced. */
export class SandboxLink {
  readonly #url: string;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(url: string) {
    this.#url = url.replace(/\/$/, '');
  }

  /** The virtual time now, epoch milliseconds. */
  now(): Promise<number> {
    return this.#ask('GET', '/_sandbox/clock', undefined, new AbortController().signal);
  }

  /** Waits until the sandbox's time has reached `until`; resolves with the time it then is. Aborting gives the wait up. */
  wait(id: string, until: number, signal: AbortSignal): Promise<number> {
    return this.#ask('POST', '/_sandbox/clock/wait', { id, until }, signal);
  }

  /** Holds the clock for as long as this process lives: the sandbox lets go when the connection breaks. */
  hold(id: string): Promise<number> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        `${this.#url}/_sandbox/clock/hold`,
        { method: 'POST', agent: false },
        (response) => {
          response.once('data', (chunk: Buffer) => {
            request.socket?.unref();
            resolve(readNow(chunk.toString('utf8')));
          });
          response.on('error', () => undefined);
        },
      );
      request.once('error', reject);
      request.end(JSON.stringify({ id, attached: true }));
    });
  }

  #ask(method: string, path: string, body: unknown, signal: AbortSignal): Promise<number> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(
        `${this.#url}${path}`,
        { method, agent: this.#agent, signal },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.once('error', reject);
          response.once('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            if (response.statusCode === 200) resolve(readNow(text));
            else reject(new Error(`the sandbox answered ${response.statusCode}: ${text}`));
          });
        },
      );
      request.once('error', reject);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
  }
}

function readNow(text: string): number {
  const answer: unknown = JSON.parse(text);
  if (typeof answer === 'object' && answer !== null && 'now' in answer && typeof answer.now === 'number')
    return answer.now;
  throw new Error(`the sandbox did not tell its time: ${text}`);
}
