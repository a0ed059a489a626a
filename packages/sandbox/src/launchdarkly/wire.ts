import { type Answer, WireError } from '../kernel/index.ts';
import type { Config, Flag, LaunchDarklyState, Project } from './state.ts';

export type Body = Readonly<Record<string, unknown>>;

export interface Call {
  readonly state: LaunchDarklyState;
  /** The parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Body;
  readonly contentType: string;
  readonly now: number;
  /** The member whose token it is. */
  readonly member: string;
  /** Whether the token may let approved requests take effect. */
  readonly applies: boolean;
}

export interface Route {
  /** `GET /api/v2/flags/{projectKey}`, as LaunchDarkly's documents name it. */
  readonly operation: string;
  handle(call: Call): Answer;
}

export function json(status: number, body: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}

export const invalid = (message: string) => new WireError(400, 'invalid_request', message);
export const forbidden = (message: string) => new WireError(403, 'forbidden', message);
export const missing = (message: string) => new WireError(404, 'not_found', message);
export const conflict = (message: string) => new WireError(409, 'optimistic_locking_error', message);

export function projectOf({ state, params }: Call): Project {
  const project = state.projects.get(params.projectKey ?? '');
  if (project) return project;
  throw missing(`Unknown project key: ${params.projectKey}`);
}

export function flagOf(call: Call): Flag {
  const flag = projectOf(call).flags.get(call.params.featureFlagKey ?? '');
  if (flag) return flag;
  throw missing(`Unknown feature key: ${call.params.featureFlagKey}`);
}

export function environmentOf(call: Call, key: unknown) {
  const environment = projectOf(call).environments.get(String(key));
  if (environment) return environment;
  throw missing(`Unknown environment key: ${key}`);
}

export function configOf(call: Call, flag: Flag, environment: unknown): Config {
  environmentOf(call, environment);
  const config = flag.configs.get(String(environment));
  if (config) return config;
  throw missing(`Unknown environment key: ${environment}`);
}
