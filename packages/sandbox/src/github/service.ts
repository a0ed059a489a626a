import { type Answer, createRouter, type Exchange, type Service } from '../kernel/index.ts';
import { GitMissing } from './bare.ts';
import { contentRoutes } from './contents.ts';
import { controls } from './control.ts';
import type { GitHubDefinition } from './definition.ts';
import { deploymentRoutes } from './deployments.ts';
import { createState } from './fill.ts';
import { oidcToken } from './oidc.ts';
import { pullRoutes } from './pulls.ts';
import { refRoutes } from './refs.ts';
import { releaseRoutes } from './releases.ts';
import { runRoutes } from './runs.ts';
import type { GitHubState } from './state.ts';
import { type Call, notFound, Refused, readBody, refusal, toAnswer } from './wire.ts';

export interface GitHubDependencies {
  /** The world's part; without it there is no repository, and OIDC tokens alone are given. */
  readonly definition: GitHubDefinition | undefined;
  /** Epoch milliseconds: the moment the world begins. */
  readonly now: number;
  /** What the world's paths are relative to. */
  readonly folder: string;
  /** Where the sandbox can be reached. */
  url(): string;
}

const oidc = 'GET /_oidc/token';

/** These may hold slashes; so what may follow them comes first among the routes. */
const long = new Set(['ref', 'branch', 'path', 'tag', 'basehead']);
const routes = [
  ...runRoutes,
  ...refRoutes,
  ...pullRoutes,
  ...releaseRoutes,
  ...contentRoutes,
  ...deploymentRoutes,
];
const met = createRouter(routes, { prefix: '/github', long });
const find = ({ method, url }: Exchange) => met(method, url.pathname);

/** GitHub's REST API under `/github`, with one repository. @throws Error when the definition contradicts itself */
export function createGitHubService({ definition, now, folder, url }: GitHubDependencies): Service {
  const state = createState(definition, now, folder);
  return {
    name: 'github',
    operation(exchange) {
      const line = `${exchange.method} ${exchange.url.pathname}`;
      if (line in controls) return line;
      if (line === 'GET /github/_oidc/token') return oidc;
      return find(exchange)?.route.operation;
    },
    handle(operation, exchange) {
      const control = controls[operation];
      if (control) return control(state, exchange);
      try {
        if (operation === oidc) return oidcToken(state, exchange);
        return answer(state, exchange, `${url()}/github`);
      } catch (error) {
        if (error instanceof Refused) return refusal(error);
        if (error instanceof GitMissing) return refusal(new Refused(501, error.message));
        throw error;
      }
    },
    failure: injected,
    close: () => state.git.close(),
    subject(_, exchange) {
      const { owner, repo, ...params } = find(exchange)?.params ?? {};
      return owner && repo ? { repository: `${owner}/${repo}`, ...params } : {};
    },
  };
}

function answer(state: GitHubState, exchange: Exchange, api: string): Answer {
  const may = permissionsOf(state, exchange);
  const { route, params } = find(exchange) ?? {};
  if (!route || !params) throw notFound();
  if (`${params.owner}/${params.repo}`.toLowerCase() !== state.repository.toLowerCase()) throw notFound();
  if (!may(route.permission)) {
    const needs = route.permission.replace(': ', '=');
    const { status, body, headers } = refusal(new Refused(403, 'Resource not accessible by integration'));
    return {
      status,
      headers: { ...headers, 'x-accepted-github-permissions': needs },
      ...(body ? { body } : {}),
    };
  }
  state.git.open();
  const call: Call = {
    state,
    params,
    query: exchange.url.searchParams,
    body: readBody(exchange),
    now: exchange.now,
    api,
    mayPush: may('contents: write'),
    accept: exchange.headers.accept ?? '',
    may,
  };
  return toAnswer(route.handle(call));
}

/** What the request's token may do: asked with a permission such as `contents: write`. */
function permissionsOf(state: GitHubState, { headers }: Exchange): (permission: string) => boolean {
  const [, token] = /^(?:bearer|token) (\S+)$/i.exec(headers.authorization ?? '') ?? [];
  if (token === undefined) throw new Refused(401, 'Requires authentication');
  const granted = state.tokens.get(token);
  if (granted === undefined && state.closed) throw new Refused(401, 'Bad credentials');
  return (permission) => {
    const [name = '', level = ''] = permission.split(': ');
    const has = granted === undefined ? 'write' : typeof granted === 'string' ? granted : granted[name];
    return has === 'write' || has === level;
  };
}

/** A rate limit says when to come back; whatever else is injected says only what it is. */
function injected(_: Exchange, status: number, code: string, message: string): Answer {
  const limited = status === 429 || code === 'RateLimited';
  const { body, headers } = refusal(new Refused(status, message));
  return {
    status,
    headers: { ...headers, ...(limited ? { 'retry-after': '5' } : {}) },
    ...(body ? { body } : {}),
  };
}

/** Every operation of GitHub's REST API that the sandbox knows. */
export const gitHubOperations: readonly string[] = routes.map(({ operation }) => operation);
