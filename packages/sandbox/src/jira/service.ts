import { type Answer, createRouter, type Exchange, type Service } from '../kernel/index.ts';
import type { JiraDefinition } from './definition.ts';
import { issueRoutes } from './issues.ts';
import { createState, type JiraState } from './state.ts';
import { talkRoutes } from './talk.ts';
import { type Body, json, Refused, refusal } from './wire.ts';

export interface JiraDependencies {
  /** The world's part; without it the site has no issue. */
  readonly definition: JiraDefinition | undefined;
  /** Epoch milliseconds: the moment the world begins. */
  readonly now: number;
  /** Where the sandbox can be reached. */
  url(): string;
}

/** The API host's paths begin with the site's cloud ID. */
const cloud = /^\/jira\/ex\/jira\/([^/]+)(?=\/)/;

const routes = [...talkRoutes, ...issueRoutes];
const met = createRouter(routes);

/**
 * Jira Cloud's REST API v3 and Service Management's approvals under `/jira`; the same under `/jira/ex/jira/{cloudId}`, as api.atlassian.com
 * serves it to tokens with scopes. @throws Error when the definition contradicts itself
 */
export function createJiraService({ definition, now, url }: JiraDependencies): Service {
  const state = createState(definition, now);
  return {
    name: 'jira',
    operation: (exchange) => find(exchange)?.route.operation,
    handle(_, exchange) {
      try {
        return answer(state, exchange, url(), definition?.site ?? `${url()}/jira`);
      } catch (error) {
        if (error instanceof Refused) return refusal(error);
        throw error;
      }
    },
    failure: injected,
    subject(_, exchange) {
      const ticket = find(exchange)?.params.issueIdOrKey;
      return ticket === undefined ? {} : { ticket };
    },
  };
}

function find({ method, url }: Exchange) {
  if (!url.pathname.startsWith('/jira/')) return undefined;
  return met(method, url.pathname.replace(cloud, '/jira').slice('/jira'.length));
}

function answer(state: JiraState, exchange: Exchange, sandbox: string, site: string): Answer {
  const host = cloud.exec(exchange.url.pathname)?.[0] ?? '/jira';
  const user = caller(state, exchange, host !== '/jira');
  if (user === undefined) return unauthorized(host !== '/jira');
  const { route, params } = find(exchange) ?? {};
  if (!route || !params) throw new Refused(404, 'Not found');
  return route.handle({
    state,
    params,
    query: exchange.url.searchParams,
    body: readBody(exchange),
    now: exchange.now,
    base: `${sandbox}${host}`,
    site,
    user,
  });
}

/** Who asks, by Basic authentication; undefined when that is not known here. */
function caller({ users }: JiraState, { headers }: Exchange, scoped: boolean): string | undefined {
  const [, encoded = ''] = /^basic (\S+)$/i.exec(headers.authorization ?? '') ?? [];
  const [user = '', ...rest] = Buffer.from(encoded, 'base64').toString('utf8').split(':');
  const token = rest.join(':');
  if (!user || !token) return undefined;
  if (users === undefined) return user;
  return users.some((it) => it.user === user && it.token === token && it.scoped === scoped)
    ? user
    : undefined;
}

function unauthorized(scoped: boolean): Answer {
  if (scoped) return json(401, { code: 401, message: 'Unauthorized' });
  return refusal(new Refused(401, 'Client must be authenticated to access this resource.'));
}

function readBody({ body, headers }: Exchange): Body {
  if (body.length === 0) return {};
  if (!headers['content-type']?.startsWith('application/json'))
    throw new Refused(415, 'Unsupported Media Type');
  try {
    return JSON.parse(body.toString('utf8')) as Body;
  } catch {
    throw new Refused(400, 'There was an error parsing JSON. Check that your request body is valid.');
  }
}

/** A rate limit says when to come back, and which limit it is. */
function injected(_: Exchange, status: number, _code: string, message: string): Answer {
  const { headers, body = '' } = refusal(new Refused(status, message));
  const limits = status === 429 ? { 'retry-after': '5', 'ratelimit-reason': 'jira-burst-based' } : {};
  return { status, headers: { ...headers, ...limits }, body };
}

/** Every operation of Jira's API that the sandbox knows. */
export const jiraOperations: readonly string[] = routes.map(({ operation }) => operation);
