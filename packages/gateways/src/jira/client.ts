import type { Clock } from '@promo-actions/core/clock';
import { OutsideError } from '@promo-actions/core/errors';
import { type Fetch, readJson, requestId, retryingFetch, sendJson } from '../http/index.ts';

/** A Jira Cloud site by its own address (classic tokens), or through Atlassian's API host by its cloud ID (tokens with scopes). */
export type JiraAddress = { readonly baseUrl: string } | { readonly cloudId: string };

export interface JiraOptions {
  readonly address: JiraAddress;
  /** The e-mail address of the account. */
  readonly user: string;
  readonly token: string;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  readonly onRetry?: (message: string) => void;
  readonly fetch?: Fetch;
}

export interface Question {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** From `/rest/` on. */
  readonly path: string;
  readonly body?: unknown;
  /** What could not be done when it fails. */
  readonly what: string;
  /** What to do where Jira answers 400 or 404; else it is told in general. */
  readonly remedy?: string;
}

export interface Jira {
  readonly address: JiraAddress;
  /** The answer's JSON, or undefined for an empty one. @throws OutsideError */
  ask(question: Question): Promise<unknown>;
  /** The same, with undefined where Jira answers 404. */
  askFor(question: Question): Promise<unknown>;
}

export function createJira(options: JiraOptions): Jira {
  const { address, user, token, clock, signal, onRetry } = options;
  const fetch = retryingFetch(options.fetch ?? globalThis.fetch, clock, onRetry ? { onRetry } : {});
  const host = hostOf(address);
  const authorization = `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`;

  const send = ({ method, path, body, what }: Question): Promise<Response> => {
    const headers = { authorization, accept: 'application/json' };
    return sendJson(fetch, { method, url: `${host}${path}`, headers, body, signal, what });
  };

  const read = async (question: Question, response: Response): Promise<unknown> => {
    const text = await response.text();
    if (!response.ok) throw refusal(question, response, text, options);
    const { what } = question;
    return readJson(text, host, { what, remedy: checkAddress, operation: operationOf(question) });
  };

  return {
    address,
    ask: async (question) => read(question, await send(question)),
    async askFor(question) {
      const response = await send(question);
      const known = response.headers.get('content-type')?.includes('json');
      return response.status === 404 && known ? undefined : read(question, response);
    },
  };
}

function hostOf(address: JiraAddress): string {
  if ('baseUrl' in address) return address.baseUrl.replace(/\/+$/, '');
  return `https://api.atlassian.com/ex/jira/${encodeURIComponent(address.cloudId)}`;
}

function operationOf({ method, path }: Question): string {
  return `${method} ${path.split('?')[0]}`;
}

function refusal(
  question: Question,
  response: Response,
  text: string,
  { address, user }: JiraOptions,
): OutsideError {
  const id = requestId(response.headers);
  const why = said(text);
  return new OutsideError({
    what: question.what,
    ...(why ? { why: `Jira says: ${why}` } : {}),
    remedy: remedyFor(response, question, address, user),
    operation: operationOf(question),
    code: `HTTP ${response.status}`,
    ...(id ? { requestId: id } : {}),
  });
}

const checkAddress =
  'Check `base-url`: it is the address of the site, such as `https://example.atlassian.net`, without a path.';

function said(text: string): string {
  try {
    const {
      errorMessages = [],
      errors = {},
      message,
      errorMessage,
    } = JSON.parse(text) as {
      errorMessages?: readonly string[];
      errors?: Readonly<Record<string, string>>;
      message?: string;
      errorMessage?: string;
    };
    const byField = Object.entries(errors).map(([field, problem]) => `${field}: ${problem}`);
    return [...errorMessages, ...byField, message, errorMessage].filter(Boolean).join('; ');
  } catch {
    return '';
  }
}

function remedyFor(
  { status, headers }: Response,
  { remedy }: Question,
  address: JiraAddress,
  user: string,
): string {
  if (status === 401) {
    const other =
      'baseUrl' in address
        ? 'A token with scopes or of a service account is refused at the site: use `cloud-id` in place of `base-url`.'
        : 'A classic token is refused at the API host: use `base-url` in place of `cloud-id`.';
    return `Check \`user\` and \`token\`, and that the token has not expired. ${other}`;
  }
  if (status === 403) {
    if (/DENIED/.test(headers.get('x-seraph-loginreason') ?? ''))
      return `Jira wants ${user} to log in by a browser once, after too many failed attempts.`;
    return `Give ${user} the permission in the project, or the token the scope: \`read:jira-work\` to read, \`write:jira-work\` to write, \`read:servicedesk-request\` for approvals.`;
  }
  if (status === 404 && !headers.get('content-type')?.includes('json')) return checkAddress;
  if (status === 400 || status === 404) return remedy ?? 'Mend what Jira names and run again.';
  return 'Run again later; if it stays so, look at https://status.atlassian.com and name the request ID.';
}
