import { OutsideError, type OutsideFailure } from '@promo-actions/core/errors';

/** One call of GitHub, as its failure is told. */
export interface Question {
  /** What could not be done, to which resource: "tag `v1.4.0` of example/orders could not be read". */
  readonly what: string;
  /** The `permissions:` entry that the call needs, such as `contents: read`. */
  readonly permission: string;
}

/** Does the work and turns GitHub's refusals into advice. @throws OutsideError */
export async function asking<T>(question: Question, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw translate(question, error);
  }
}

/** As `asking`, with undefined where GitHub knows no such thing. */
export async function askingFor<T>(question: Question, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (refusalOf(error)?.status === 404) return undefined;
    throw translate(question, error);
  }
}

export interface Refusal {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly message: string;
  readonly operation: string;
}

/** The parts of octokit's RequestError that an advice is made of; undefined for anything that is not GitHub's answer. */
export function refusalOf(error: unknown): Refusal | undefined {
  const it = error as {
    status?: unknown;
    response?: { headers: Refusal['headers']; data: unknown };
    request?: { method: string; url: string };
  };
  if (!(error instanceof Error) || typeof it.status !== 'number' || !it.response) return undefined;
  const url = it.request ? new URL(it.request.url) : undefined;
  return {
    status: it.status,
    headers: it.response.headers,
    message: said(it.response.data) || error.message,
    operation: url ? `${it.request?.method} ${decodeURIComponent(url.pathname)}` : 'GitHub',
  };
}

function said(data: unknown): string {
  if (typeof data !== 'object' || data === null) return '';
  const { message, errors } = data as { message?: unknown; errors?: unknown };
  const details = Array.isArray(errors) ? errors.map(detail).filter(Boolean) : [];
  return [String(message ?? ''), ...details].filter(Boolean).join('; ');
}

function detail(error: unknown): string {
  if (typeof error === 'string') return error;
  const { message, field, code } = error as { message?: string; field?: string; code?: string };
  return message ?? [field, code?.replaceAll('_', ' ')].filter(Boolean).join(' ');
}

/** GitHub's refusal as advice; what is none of GitHub's answers stays what it is. */
export function translate(question: Question, error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof OutsideError) return cause.asReasonOf(question.what);
  const refusal = refusalOf(error);
  if (!refusal) return cause instanceof Error ? cause : error;
  const id = refusal.headers['x-github-request-id'];
  return new OutsideError({
    what: question.what,
    why: `GitHub says: ${refusal.message}`,
    remedy: remedyFor(refusal, question),
    operation: refusal.operation,
    code: `HTTP ${refusal.status}`,
    ...(id ? { requestId: id } : {}),
    cause: error,
  } satisfies OutsideFailure);
}

/** GitHub refuses whoever touches workflow files without `workflows: write`, at times as a violation of rules. */
const isOfWorkflows = ({ status, message }: Refusal) =>
  (status === 403 || status === 409 || status === 422) &&
  /create or update workflow|without `?workflows?`? (scope|permission)/i.test(message);

/** A branch whose history is to be linear takes no merge commit, by whatever way. */
const isOfLinearHistory = ({ message }: Refusal) =>
  /must not contain merge commits|linear history/i.test(message);

/** Whether a branch's protection or a ruleset refused it: it takes pull requests alone, or only what its checks passed. */
export function isProtection(refusal: Refusal): boolean {
  const { status, message } = refusal;
  const refused = status === 403 || status === 409 || status === 422;
  const says = /protected branch|rule violation|through a pull request|status check|approving review/i;
  return refused && !isOfWorkflows(refusal) && !isOfLinearHistory(refusal) && says.test(message);
}

function remedyFor(refusal: Refusal, { permission }: Question): string {
  const { status, headers, message, operation } = refusal;
  const sso = /url=(\S+)/.exec(headers['x-github-sso'] ?? '')?.[1];
  if (sso) return `The organization asks for single sign-on: authorize the token at ${sso} and run again.`;
  const needs = headers['x-accepted-github-permissions']?.replaceAll('=', ': ') ?? permission;
  if (isOfWorkflows(refusal))
    return 'The change touches workflow files, which the GITHUB_TOKEN may not: use an app token with `workflows: write`.';
  if (isOfLinearHistory(refusal))
    return 'A release is merged by a merge commit, which a rule of the branch refuses: lift "Require linear history" for it, or let the app whose token this is bypass the rule, and run again.';
  if (/\/git\/refs$/.test(operation) && /already exists/i.test(message))
    return 'It was made by someone else just now: run again, which looks what it is.';
  if (/\/git\/refs$/.test(operation) && isProtection(refusal))
    return 'A rule of the repository lets this token make no branch or tag of that name: let the app whose token this is bypass it (Settings, Rules, Rulesets), and run again.';
  if (/archived/i.test(message) && status === 403)
    return 'The repository is archived, and takes no change: unarchive it under Settings, and run again.';
  if (isProtection(refusal))
    return 'The branch is protected: let the app whose token this is bypass its rules, or merge by a pull request (by a merge commit, no squash) and run again.';
  if (/not permitted to create or approve pull requests/i.test(message))
    return 'Allow it under Settings, Actions, General, "Allow GitHub Actions to create and approve pull requests" (the organization has the same setting), or use an app token.';
  const ofRelease = /^(POST|PATCH) .*\/releases(\/\d+)?$/.test(operation);
  const ofMerge = /^POST .*\/merges$/.test(operation);
  if ((ofRelease && (status === 403 || status === 404)) || (ofMerge && status === 403))
    return `Give the job \`permissions:\` with \`${needs}\`. If it has it, the release changes workflow files, which GitHub refuses to the GITHUB_TOKEN in the same words: use an app token with \`workflows: write\`.`;
  switch (status) {
    case 401:
      return "Give `token` one that is valid: the job's own is until the job ends; a personal or app token may have expired or been revoked.";
    case 403:
      return `Give the job \`permissions:\` with \`${needs}\`, or a token that has it.`;
    case 404:
      return `Check the name. GitHub answers the same where a token may not look: the job needs \`${needs}\`, and a private repository a token of its own.`;
    case 409:
      return 'Look at what is there now and run again.';
    case 422:
      return 'Mend what GitHub names and run again.';
    default:
      return 'Run again later; if it stays so, look at https://www.githubstatus.com and name the request ID.';
  }
}
