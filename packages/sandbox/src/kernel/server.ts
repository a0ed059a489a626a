import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { cborFailure, isCbor } from './cbor.ts';
import type { Faults, Harm } from './faults.ts';
import type { Journal } from './journal.ts';
import { jsonFailure, WireError } from './json.ts';
import { queryForm, xmlFailure } from './query.ts';
import type { Answer, Exchange, Service } from './service.ts';
import { signatureScope } from './signature.ts';
import type { Watch } from './watcher.ts';

/** What an access key stands for; `refusal` when it may not be used (any more). */
export type Caller =
  | { readonly account: string }
  | { readonly refusal: { readonly code: string; readonly message: string } };

export interface KernelParts {
  /** Asked in turn; the first that knows the operation answers. */
  readonly services: readonly Service[];
  readonly clock: { now(): number; delay(ms: number): Promise<void> };
  readonly journal: Journal;
  readonly faults: Faults;
  readonly watch: Watch;
  requestId(): string;
  callerOf(accessKey: string): Caller;
  /** The sandbox's own API under `/_sandbox`; tells whether it took the request. */
  control(request: ControlRequest, response: ServerResponse): Promise<boolean>;
}

export interface ControlRequest {
  readonly method: string;
  readonly url: URL;
  readonly body: Buffer;
  /** Aborts when the caller's connection is gone. */
  readonly gone: AbortSignal;
}

/** Vendors that live under a path of their own and have no AWS signature. */
const VENDOR_PATHS = /^\/(github|jira|_sandbox)(\/|$)/;

/** The one HTTP server of the sandbox. The caller lets it listen, on loopback only. */
export function createKernel(parts: KernelParts): Server {
  const server = createServer((request, response) => {
    serve(parts, request, response).catch((error: unknown) => {
      const message = ownMistake(`${request.method} ${request.url}`, error);
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { 'content-type': 'text/plain' }).end(message);
    });
  });
  // A client may keep an idle connection over minutes of virtual time; closing it would look like a fault.
  server.keepAliveTimeout = 3_600_000;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.timeout = 0;
  return server;
}

async function serve(parts: KernelParts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort(new Error('The caller is gone.')));
  const body = await readBody(request);
  const url = new URL(request.url ?? '/', 'http://sandbox');
  const method = request.method ?? 'GET';
  if (url.pathname.startsWith('/_sandbox/')) {
    if (await parts.control({ method, url, body, gone: gone.signal }, response)) return;
  }
  const headers = flatHeaders(request);
  const scope = signatureScope(headers, url.searchParams);
  const caller = scope === undefined ? undefined : parts.callerOf(scope.accessKey);
  const account = caller !== undefined && 'account' in caller ? caller.account : '';
  const requestId = parts.requestId();
  const unpacked = headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
  const region = scope?.region ?? '';
  const arrived: Exchange = {
    method,
    url,
    headers,
    body: unpacked,
    account,
    region,
    now: parts.clock.now(),
    requestId,
  };

  const call = findCall(parts.services, arrived);
  // Who sets or looks at the world from outside its story, as a rehearsal does, is spared the story's faults, and is no part of it.
  const outside = headers['x-sandbox-faults'] === 'none';
  const seen =
    call && !outside
      ? { service: call.service.name, operation: call.operation, account, gone: gone.signal }
      : undefined;
  const happened = seen && (await parts.watch.arrived(seen));
  const harm = call && !outside ? parts.faults.strike(call.service.name, call.operation, account) : undefined;
  if (harm !== undefined && harm.latency > 0) await parts.clock.delay(harm.latency);
  const exchange: Exchange = { ...arrived, now: parts.clock.now() };
  const died = happened !== undefined && gone.signal.aborted;
  const answer = died ? undefined : await answerTo(call, exchange, caller, harm);
  const fault = died ? 'the caller died before it' : harm?.name;
  parts.journal.write({
    at: exchange.now,
    service: call?.service.name ?? scope?.service ?? 'unknown',
    operation: call?.operation ?? unknownOperation(exchange),
    account,
    region,
    subject: call === undefined ? {} : subjectOf(call, exchange),
    status: answer?.status ?? 0,
    ...(fault === undefined ? {} : { fault }),
    requestId,
  });
  if (!died) await happened?.();
  if (answer === undefined) response.destroy();
  else send(response, answer, parts.clock.now(), requestIdHeader(exchange));
}

interface Call {
  readonly service: Service;
  readonly operation: string;
}

function findCall(services: readonly Service[], exchange: Exchange): Call | undefined {
  for (const service of services) {
    const operation = service.operation(exchange);
    if (operation !== undefined) return { service, operation };
  }
  return undefined;
}

/** The answer, or undefined when the connection is to be broken. */
async function answerTo(
  call: Call | undefined,
  exchange: Exchange,
  caller: Caller | undefined,
  harm: Harm | undefined,
): Promise<Answer | undefined> {
  if (call === undefined) return unknownAnswer(exchange);
  const { service, operation } = call;
  const refusal = refusalOf(call, exchange, caller);
  if (refusal !== undefined) return service.failure(exchange, 403, refusal.code, refusal.message);
  if (harm?.drop === 'before') return undefined;
  if (harm?.status !== undefined) return service.failure(exchange, harm.status, harm.code, harm.message);
  const answer = await handled(service, operation, exchange);
  return harm?.drop === 'after' ? undefined : answer;
}

async function handled(service: Service, operation: string, exchange: Exchange): Promise<Answer> {
  try {
    return await service.handle(operation, exchange);
  } catch (error) {
    if (error instanceof WireError) return service.failure(exchange, error.status, error.code, error.message);
    return service.failure(
      exchange,
      500,
      'InternalFailure',
      ownMistake(`${service.name} ${operation}`, error),
    );
  }
}

/** Writes down a mistake of the sandbox's own, and says so in one line. */
function ownMistake(where: string, error: unknown): string {
  console.error(`sandbox: a mistake of its own in ${where}:`, error);
  return `A mistake of the sandbox itself: ${error instanceof Error ? error.message : String(error)}`;
}

function refusalOf(
  call: Call,
  exchange: Exchange,
  caller: Caller | undefined,
): { code: string; message: string } | undefined {
  if (VENDOR_PATHS.test(exchange.url.pathname) || call.service.unsigned?.includes(call.operation))
    return undefined;
  if (caller === undefined)
    return { code: 'MissingAuthenticationTokenException', message: 'Missing Authentication Token' };
  return 'refusal' in caller ? caller.refusal : undefined;
}

function subjectOf({ service, operation }: Call, exchange: Exchange): Readonly<Record<string, string>> {
  try {
    return service.subject?.(operation, exchange) ?? {};
  } catch (error) {
    if (error instanceof WireError) return {};
    throw error;
  }
}

function unknownOperation(exchange: Exchange): string {
  const action = queryForm(exchange)?.get('Action');
  return exchange.headers['x-amz-target'] ?? action ?? `${exchange.method} ${exchange.url.pathname}`;
}

function unknownAnswer(exchange: Exchange): Answer {
  const code = 'NotImplemented';
  const message = `The sandbox does not know the operation ${unknownOperation(exchange)}.`;
  if (isCbor(exchange)) return cborFailure(501, code, message);
  if (queryForm(exchange)?.has('Action')) return xmlFailure(exchange, 501, code, message);
  return jsonFailure(exchange, 501, code, message);
}

function requestIdHeader(exchange: Exchange): Readonly<Record<string, string>> {
  if (exchange.url.pathname.startsWith('/github')) return { 'x-github-request-id': exchange.requestId };
  if (exchange.url.pathname.startsWith('/jira')) return { 'x-arequestid': exchange.requestId };
  return { 'x-amzn-requestid': exchange.requestId };
}

function send(
  response: ServerResponse,
  answer: Answer,
  now: number,
  extra: Readonly<Record<string, string>>,
): void {
  const body = answer.body === undefined ? Buffer.alloc(0) : Buffer.from(answer.body);
  const bare = answer.status === 204 || answer.status === 304;
  response.sendDate = false;
  response.writeHead(answer.status, {
    date: new Date(now).toUTCString(),
    // Dates are whole seconds; this lets a process on the virtual clock catch up exactly after a delayed answer.
    'x-sandbox-now': String(now),
    ...extra,
    ...answer.headers,
    ...(bare ? {} : { 'content-length': String(body.length) }),
  });
  response.end(bare ? undefined : body);
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function flatHeaders(request: IncomingMessage): Record<string, string> {
  const entries = Object.entries(request.headers);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}
