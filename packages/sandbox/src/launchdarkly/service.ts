import { type Answer, createRouter, type Exchange, type Service, WireError } from '../kernel/index.ts';
import { approvalRoutes } from './approvals.ts';
import type { LaunchDarklyDefinition } from './definition.ts';
import { flagRoutes } from './flags.ts';
import { createQuota } from './quota.ts';
import { createState, type LaunchDarklyState } from './state.ts';
import { type Body, forbidden, invalid, json } from './wire.ts';

export interface LaunchDarklyDependencies {
  /** The world's part; without it there is no project. */
  readonly definition: LaunchDarklyDefinition | undefined;
  /** Epoch milliseconds: the moment the world begins. */
  readonly now: number;
}

const routes = [...flagRoutes, ...approvalRoutes];
const met = createRouter(routes, { prefix: '/launchdarkly' });
const find = ({ method, url }: Exchange) => met(method, url.pathname);

/** Every operation of LaunchDarkly's API that the sandbox knows. */
export const launchDarklyOperations: readonly string[] = routes.map(({ operation }) => operation);

/** LaunchDarkly's REST API v2 under `/launchdarkly`. @throws Error when the definition contradicts itself */
export function createLaunchDarklyService({ definition, now }: LaunchDarklyDependencies): Service {
  const state = createState(definition, now);
  const count = createQuota(definition?.limits);
  return {
    name: 'launchdarkly',
    unsigned: launchDarklyOperations,
    operation: (exchange) => find(exchange)?.route.operation,
    handle(operation, exchange) {
      const { exceeded, headers } = count(operation, exchange.now);
      const given = exceeded ? tooMany : answer(state, exchange);
      return { ...given, headers: { ...given.headers, ...headers } };
    },
    failure: failed,
    subject(_, exchange) {
      const {
        projectKey: project,
        featureFlagKey: flag,
        environmentKey: environment,
      } = find(exchange)?.params ?? {};
      return {
        ...(project ? { project } : {}),
        ...(flag ? { flag } : {}),
        ...(environment ? { environment } : {}),
      };
    },
  };
}

const tooMany = json(429, {
  code: 'rate_limited',
  message: "You've exceeded the API rate limit. Try again later.",
});

function answer(state: LaunchDarklyState, exchange: Exchange): Answer {
  const { route, params } = find(exchange) ?? {};
  if (!route || !params) throw new WireError(404, 'not_found', 'Not found');
  try {
    const { member, role, applies } = caller(state, exchange);
    if (role === 'reader' && exchange.method !== 'GET')
      throw forbidden('Access to the requested resource was denied');
    return route.handle({
      state,
      params,
      query: exchange.url.searchParams,
      body: readBody(exchange),
      contentType: exchange.headers['content-type'] ?? '',
      now: exchange.now,
      member,
      applies,
    });
  } catch (error) {
    if (error instanceof WireError) return failed(exchange, error.status, error.code, error.message);
    throw error;
  }
}

/** Whose token it is; it is sent without a scheme. */
function caller({ tokens }: LaunchDarklyState, { headers }: Exchange) {
  const token = headers.authorization ?? '';
  const known =
    tokens === undefined ? { token, role: 'writer', applies: true } : tokens.find((it) => it.token === token);
  if (!token || !known) throw new WireError(401, 'unauthorized', 'Invalid access token');
  return { ...known, member: Buffer.from(token).toString('hex').padEnd(24, '0').slice(0, 24) };
}

function readBody({ body, headers }: Exchange): Body {
  if (body.length === 0) return {};
  if (!headers['content-type']?.startsWith('application/json')) throw invalid('The body must be JSON');
  try {
    return JSON.parse(body.toString('utf8')) as Body;
  } catch {
    throw invalid('The body is not JSON');
  }
}

/** In LaunchDarkly's words. An injected limit says when to come back as its gateway does, in seconds. */
function failed(exchange: Exchange, status: number, code: string, message: string): Answer {
  const given = json(status, { code, message, id: exchange.requestId });
  return status === 429 ? { ...given, headers: { ...given.headers, 'retry-after': '5' } } : given;
}
