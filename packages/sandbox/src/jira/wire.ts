import type { Answer } from '../kernel/index.ts';
import type { Issue, JiraState } from './state.ts';

export type Body = Readonly<Record<string, unknown>>;

/** A request that Jira refuses: messages for the whole, or by field. */
export class Refused extends Error {
  readonly status: number;
  readonly fields: Readonly<Record<string, string>>;
  constructor(status: number, message: string, fields: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = 'Refused';
    this.status = status;
    this.fields = fields;
  }
}

export interface Call {
  readonly state: JiraState;
  /** The parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Body;
  readonly now: number;
  /** The site or API host that was asked, without a slash at its end. */
  readonly base: string;
  /** Where people look at issues. */
  readonly site: string;
  readonly user: string;
}

export interface Route {
  /** `GET /rest/api/3/issue/{issueIdOrKey}`, as Atlassian's documents name it. */
  readonly operation: string;
  handle(call: Call): Answer;
}

export function json(status: number, body: unknown): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json;charset=UTF-8' },
    body: JSON.stringify(body),
  };
}

export const nothing: Answer = { status: 204 };

export function refusal({ status, message, fields }: Refused): Answer {
  const headers =
    status === 401
      ? { 'www-authenticate': 'OAuth realm="sandbox"', 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' }
      : {};
  const answer = json(status, { errorMessages: message ? [message] : [], errors: fields });
  return { ...answer, headers: { ...answer.headers, ...headers } };
}

export function issueOf({ state, params }: Call): Issue {
  const asked = params.issueIdOrKey ?? '';
  const found =
    state.issues.get(asked.toUpperCase()) ?? [...state.issues.values()].find((issue) => issue.id === asked);
  if (found) return found;
  throw new Refused(404, 'Issue does not exist or you do not have permission to see it.');
}

/** A number of the query, within its bounds. */
export function amount(query: URLSearchParams, name: string, otherwise: number, most: number): number {
  const text = query.get(name);
  return Math.min(text && /^\d+$/.test(text) ? Number(text) : otherwise, most);
}

export function person(login: string) {
  return {
    accountId: Buffer.from(login).toString('hex').slice(0, 24),
    emailAddress: login,
    displayName: login,
    active: true,
  };
}

const blocks = new Set([
  'paragraph',
  'bulletList',
  'orderedList',
  'listItem',
  'heading',
  'codeBlock',
  'rule',
  'panel',
  'blockquote',
]);
const inline = new Set(['text', 'hardBreak', 'emoji', 'mention', 'inlineCard']);

/** Refuses what is not an Atlassian document, as v3 of the API does. */
export function documentOf(value: unknown): unknown {
  const { type, version, content } = (value ?? {}) as {
    type?: unknown;
    version?: unknown;
    content?: unknown;
  };
  if (type === 'doc' && version === 1 && Array.isArray(content) && content.every(isNode)) return value;
  throw new Refused(400, '', {
    comment: 'Comment body is not valid!',
    body: 'Operation value must be an Atlassian Document (see the Atlassian Document Format)',
  });
}

function isNode(value: unknown): boolean {
  const { type, text, content = [] } = (value ?? {}) as { type?: string; text?: unknown; content?: unknown };
  if (type === undefined || !(blocks.has(type) || inline.has(type))) return false;
  if (type === 'text') return typeof text === 'string' && text.length > 0;
  return Array.isArray(content) && content.every(isNode);
}
