import type { Clock } from '@promo-actions/core/clock';
import { OutsideError } from '@promo-actions/core/errors';
import { oneLine } from '@promo-actions/core/foreign-text';
import { type Fetch, readJson, retryingFetch, sendJson } from '../http/index.ts';
import { createQuota } from './quota.ts';

export interface LaunchDarklyOptions {
  /** `https://app.launchdarkly.com`, or the host of another instance. */
  readonly baseUrl: string;
  /** An access token; sent as it is, without a scheme. */
  readonly token: string;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** Told of every wait, for the step's log. */
  readonly onRetry?: (message: string) => void;
  readonly fetch?: Fetch;
}

export interface Question {
  readonly method: 'GET' | 'POST' | 'PATCH';
  /** From `/api/v2/` on. */
  readonly path: string;
  readonly body?: unknown;
  /** Whether the body is a semantic patch, which goes by its content type. */
  readonly semanticPatch?: true;
  /** What could not be done when it fails. */
  readonly what: string;
  /** What to do where LaunchDarkly answers 400, 404 or 409; else it is told in general. */
  readonly remedy?: string;
}

/** An answer that is no success. */
export interface Refusal {
  readonly status: number;
  /** What LaunchDarkly says, as one line. */
  readonly said: string;
}

export interface LaunchDarkly {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** The answer's JSON. @throws OutsideError */
  ask(question: Question): Promise<unknown>;
  /** The same, with a refusal of one of the given statuses as an answer. */
  askUnless(
    statuses: readonly number[],
    question: Question,
  ): Promise<{ readonly answer: unknown } | { readonly refusal: Refusal }>;
}

/** The version of the API whose answers are understood here. */
const apiVersion = '20240415';

export function createLaunchDarkly(options: LaunchDarklyOptions): LaunchDarkly {
  const { token, clock, signal, onRetry } = options;
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const quota = createQuota(options.fetch ?? globalThis.fetch, clock, (line) => onRetry?.(line), signal);
  const fetch = retryingFetch(quota, clock, onRetry ? { onRetry } : {});

  const send = ({ method, path, body, semanticPatch, what }: Question): Promise<Response> =>
    sendJson(fetch, {
      method,
      url: `${baseUrl}${path}`,
      headers: { authorization: token, accept: 'application/json', 'ld-api-version': apiVersion },
      body,
      ...(semanticPatch ? { contentType: 'application/json; domain-model=launchdarkly.semanticpatch' } : {}),
      signal,
      what,
    });

  const askUnless: LaunchDarkly['askUnless'] = async (statuses, question) => {
    const response = await send(question);
    const text = await response.text();
    if (!response.ok) {
      const said = saidIn(text);
      // A 404 that is not LaunchDarkly's own is that of another server.
      if (statuses.includes(response.status) && said !== undefined)
        return { refusal: { status: response.status, said: said.message } };
      throw refused(question, response.status, said, baseUrl);
    }
    const { what } = question;
    return {
      answer: readJson(text, baseUrl, { what, remedy: checkAddress, operation: operationOf(question) }),
    };
  };

  return {
    baseUrl,
    askUnless,
    async ask(question) {
      const given = await askUnless([], question);
      return 'answer' in given ? given.answer : undefined;
    },
  };
}

const checkAddress =
  'Check `base-url`: `https://app.launchdarkly.com`, `https://app.eu.launchdarkly.com` for accounts in the EU, or what your instance is called.';

function operationOf({ method, path }: Question): string {
  return `${method} ${path.split('?')[0]}`;
}

interface Said {
  readonly message: string;
  readonly id?: string;
}

/** LaunchDarkly's own words, `{code, message, id}`; undefined when they are not. */
function saidIn(text: string): Said | undefined {
  try {
    const { code, message, id } = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (typeof code !== 'string' && typeof message !== 'string') return undefined;
    const words = typeof message === 'string' && message !== '' ? message : String(code);
    return { message: oneLine(words), ...(typeof id === 'string' ? { id } : {}) };
  } catch {
    return undefined;
  }
}

function refused(question: Question, status: number, said: Said | undefined, baseUrl: string): OutsideError {
  return new OutsideError({
    what: question.what,
    ...(said ? { why: `LaunchDarkly says: ${said.message}` } : {}),
    remedy: said || status === 401 ? remedyFor(status, question, baseUrl) : checkAddress,
    operation: operationOf(question),
    code: `HTTP ${status}`,
    ...(said?.id ? { requestId: said.id } : {}),
  });
}

function remedyFor(status: number, { remedy }: Question, baseUrl: string): string {
  switch (status) {
    case 401:
      return `Check \`token\`: it is an API access token, not an SDK key, has not expired, and belongs to an account of ${baseUrl}; accounts in the EU have another \`base-url\`.`;
    case 403:
      return 'Give the role of the token what LaunchDarkly names, in this project and environment: to view it, and to change the flags (`updateOn`, `updateRules`, `updateFallthrough`, `updateOffVariation`, `updateTargets`, `updatePrerequisites`).';
    case 400:
    case 404:
    case 409:
    case 422:
      return remedy ?? 'Mend what LaunchDarkly names and run again.';
    default:
      return 'Run again later; if it stays so, look at https://status.launchdarkly.com and name the request ID.';
  }
}
