import type { Answer, Exchange } from '../kernel/index.ts';
import type { GitHubState } from './state.ts';

export type Body = Readonly<Record<string, unknown>>;

/** A request that GitHub refuses; `errors` as its validation errors have them. */
export class Refused extends Error {
  readonly status: number;
  readonly errors: readonly Body[];
  constructor(status: number, message: string, errors: readonly Body[] = []) {
    super(message);
    this.name = 'Refused';
    this.status = status;
    this.errors = errors;
  }
}

export const notFound = () => new Refused(404, 'Not Found');
export const invalid = (error: Body) => new Refused(422, 'Validation Failed', [error]);

/** What a route is given. */
export interface Call {
  readonly state: GitHubState;
  /** The parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Body;
  readonly now: number;
  /** Where this API is: `http://127.0.0.1:4566/github`. */
  readonly api: string;
  /** True where the token may push, and so see drafts. */
  readonly mayPush: boolean;
  readonly accept: string;
  /** Whether the token has a permission such as `contents: write`. */
  may(permission: string): boolean;
}

export interface Reply {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Route {
  /** `GET /repos/{owner}/{repo}/git/ref/{ref}`, as GitHub's OpenAPI document names it. */
  readonly operation: string;
  /** The token permission it needs. */
  readonly permission: string;
  handle(call: Call): Reply;
}

export const ok = (body: unknown): Reply => ({ status: 200, body });
export const created = (body: unknown): Reply => ({ status: 201, body });
export const nothing: Reply = { status: 204 };

/** One page of a list with the Link header that leads to the others. 30 a page unless asked, 100 at most. */
export function paged<T>(
  { query, api, params }: Call,
  path: string,
  items: readonly T[],
  show: (item: T) => unknown,
): Reply {
  const { body, headers } = slice(query, `${api}/repos/${params.owner}/${params.repo}${path}`, items);
  return { status: 200, body: body.map(show), headers };
}

export function slice<T>(
  query: URLSearchParams,
  url: string,
  items: readonly T[],
): { readonly body: readonly T[]; readonly headers: Record<string, string> } {
  const size = Math.min(positive(query.get('per_page')) ?? 30, 100);
  const page = positive(query.get('page')) ?? 1;
  const last = Math.max(1, Math.ceil(items.length / size));
  const link = (number: number, rel: string) => {
    const parameters = new URLSearchParams(query);
    parameters.set('page', String(number));
    return `<${url}?${parameters}>; rel="${rel}"`;
  };
  const links = [
    ...(page > 1 ? [link(page - 1, 'prev'), link(1, 'first')] : []),
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
  ];
  return {
    body: items.slice((page - 1) * size, page * size),
    headers: links.length > 0 ? { link: links.join(', ') } : {},
  };
}

function positive(text: string | null): number | undefined {
  return text && /^[1-9]\d*$/.test(text) ? Number(text) : undefined;
}

/** A text of the body; refused in GitHub's words when it is missing or something else. */
export function text(body: Body, name: string): string {
  const value = optionalText(body, name);
  if (value === undefined) throw new Refused(422, `Invalid request.\n\n"${name}" wasn't supplied.`);
  return value;
}

export function optionalText(body: Body, name: string): string | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new Refused(
    422,
    `Invalid request.\n\nFor 'properties/${name}', ${JSON.stringify(value)} is not a string.`,
  );
}

export function optionalFlag(body: Body, name: string): boolean | undefined {
  const value = body[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'boolean') return value;
  throw new Refused(
    422,
    `Invalid request.\n\nFor 'properties/${name}', ${JSON.stringify(value)} is not a boolean.`,
  );
}

/** One of the words that GitHub knows for it. */
export function word<T extends string>(body: Body, name: string, words: readonly T[], fallback?: T): T {
  const value = optionalText(body, name) ?? fallback;
  const found = words.find((each) => each === value);
  if (found !== undefined) return found;
  if (value === undefined) text(body, name);
  throw new Refused(422, `Invalid request.\n\n${value} is not a member of ${JSON.stringify(words)}.`);
}

export function readBody(exchange: Exchange): Body {
  if (exchange.body.length === 0) return {};
  let value: unknown;
  try {
    value = JSON.parse(exchange.body.toString('utf8'));
  } catch {
    throw new Refused(400, 'Problems parsing JSON');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Body;
  throw new Refused(400, 'Body should be a JSON object');
}

export function toAnswer({ status, body, headers = {} }: Reply): Answer {
  if (body === undefined) return { status, headers };
  if (typeof body === 'string') return { status, headers, body };
  return {
    status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'x-github-media-type': 'github.v3; format=json',
      ...headers,
    },
    body: JSON.stringify(body),
  };
}

export function refusal({ status, message, errors }: Refused): Answer {
  const body = {
    message,
    ...(errors.length > 0 ? { errors } : {}),
    documentation_url: 'https://docs.github.com/rest',
    status: String(status),
  };
  return toAnswer({ status, body });
}
