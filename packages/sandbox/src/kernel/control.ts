import type { ServerResponse } from 'node:http';
import * as v from 'valibot';
import type { VirtualClock } from '../clock/index.ts';
import { type Faults, faultSchema } from './faults.ts';
import type { Journal } from './journal.ts';
import type { ControlRequest } from './server.ts';

export interface ControlParts {
  readonly clock: VirtualClock;
  readonly journal: Journal;
  readonly faults: Faults;
  /** Replaces the world; throws an Error whose message says what is wrong with it. */
  load(world: unknown): Promise<void>;
}

const momentSchema = v.union(
  [
    v.pipe(v.number(), v.finite()),
    v.pipe(
      v.string(),
      v.isoTimestamp(),
      v.transform((text) => Date.parse(text)),
    ),
  ],
  'expected epoch milliseconds or an ISO 8601 time',
);
const idSchema = v.pipe(v.string(), v.nonEmpty());
const holdSchema = v.strictObject({ id: idSchema, attached: v.optional(v.boolean(), false) });
const waitSchema = v.strictObject({ id: idSchema, until: momentSchema });
const releaseSchema = v.strictObject({ id: idSchema });
const advanceSchema = v.union(
  [v.strictObject({ by: v.pipe(v.number(), v.minValue(0)) }), v.strictObject({ to: momentSchema })],
  'expected {"by": milliseconds} or {"to": time}',
);
const faultsSchema = v.union([faultSchema, v.array(faultSchema)], 'expected a fault or a list of faults');

class ControlError extends Error {}

/** The sandbox's own API. Every answer but an attached hold is one JSON document. */
export function createControl(
  parts: ControlParts,
): (request: ControlRequest, response: ServerResponse) => Promise<boolean> {
  const { clock, journal, faults } = parts;
  const time = () => ({ now: clock.now(), iso: new Date(clock.now()).toISOString() });

  const routes: Readonly<Record<string, (request: ControlRequest, response: ServerResponse) => unknown>> = {
    'GET /_sandbox/health': () => ({ status: 'ok', ...time() }),
    'GET /_sandbox/clock': () => ({ ...time(), holders: clock.holders() }),
    'POST /_sandbox/clock/advance': async ({ body, gone }) => {
      const step = read(advanceSchema, body);
      const by = 'by' in step ? step.by : step.to - clock.now();
      if (by < 0) throw new ControlError(`Time goes forward only; it is ${time().iso}.`);
      await clock.advance(by, gone);
      return time();
    },
    'POST /_sandbox/clock/hold': ({ body, gone }, response) => {
      const { id, attached } = read(holdSchema, body);
      if (attached && gone.aborted) return time();
      clock.hold(id);
      if (!attached) return time();
      gone.addEventListener('abort', () => clock.release(id));
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write(`${JSON.stringify(time())}\n`);
      return undefined;
    },
    'POST /_sandbox/clock/wait': async ({ body, gone }) => {
      const { id, until } = read(waitSchema, body);
      await clock.wait(id, until, gone);
      return time();
    },
    'POST /_sandbox/clock/release': ({ body }) => {
      clock.release(read(releaseSchema, body).id);
      return time();
    },
    'GET /_sandbox/journal': ({ url }) => ({ entries: journal.since(readSince(url)) }),
    'POST /_sandbox/faults': ({ body }) => {
      const given = [read(faultsSchema, body)].flat();
      for (const fault of given) faults.inject(fault);
      return { injected: given.length };
    },
    'DELETE /_sandbox/faults': () => {
      faults.clear();
      return { injected: 0 };
    },
    'POST /_sandbox/world': async ({ body }) => {
      await parts.load(read(v.unknown(), body));
      return time();
    },
  };

  return async (request, response) => {
    const route = routes[`${request.method} ${request.url.pathname}`];
    if (route === undefined) return false;
    let answer: unknown;
    try {
      answer = await route(request, response);
    } catch (error) {
      if (request.gone.aborted) return true;
      sendJson(response, 400, { message: error instanceof Error ? error.message : String(error) });
      return true;
    }
    if (answer !== undefined) sendJson(response, 200, answer);
    return true;
  };
}

function readSince(url: URL): number {
  const since = Number(url.searchParams.get('since') ?? '0');
  if (!Number.isInteger(since)) throw new ControlError('since is the number of the last entry already read.');
  return since;
}

function read<S extends v.GenericSchema>(schema: S, body: Buffer): v.InferOutput<S> {
  let value: unknown;
  try {
    value = JSON.parse(body.toString('utf8') || '{}');
  } catch (error) {
    throw new ControlError(`The body is not JSON: ${(error as Error).message}`);
  }
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const told = result.issues.map((issue) => `${v.getDotPath(issue) ?? 'body'}: ${issue.message}`);
  throw new ControlError(told.join('; '));
}

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}
