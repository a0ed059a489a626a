import { createHmac } from 'node:crypto';
import type { Answer, Exchange } from '../kernel/index.ts';
import type { GitHubState } from './state.ts';
import { Refused, toAnswer } from './wire.ts';

/** A token lives for five minutes, as GitHub's do; its end is checked by STS. */
const lifetime = 300;

/**
 * The token of `ACTIONS_ID_TOKEN_REQUEST_URL`. What the token says of the run comes from that URL's query: `environment`, `ref`,
 * `sha`, `run_id`, `actor`, `workflow`, `job_workflow_ref`; the `audience` is the caller's.
 */
export function oidcToken(state: GitHubState, { url, headers, now, requestId }: Exchange): Answer {
  if (!/^bearer \S/i.test(headers.authorization ?? '')) throw new Refused(401, 'Requires authentication');
  const query = (name: string, otherwise: string) => url.searchParams.get(name) ?? otherwise;
  const repository = state.repository || 'example/repository';
  const [owner = ''] = repository.split('/');
  const environment = url.searchParams.get('environment');
  const ref = query('ref', `refs/heads/${state.defaultBranch}`);
  const seconds = Math.floor(now / 1_000);
  const claims = {
    jti: requestId,
    sub: `repo:${repository}:${environment ? `environment:${environment}` : `ref:${ref}`}`,
    aud: query('audience', `https://github.com/${owner}`),
    iss: 'https://token.actions.githubusercontent.com',
    iat: seconds,
    nbf: seconds - 5,
    exp: seconds + lifetime,
    ...(environment ? { environment } : {}),
    ref,
    ref_type: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
    sha: query('sha', ''),
    repository,
    repository_owner: owner,
    run_id: query('run_id', '1'),
    run_attempt: query('run_attempt', '1'),
    actor: query('actor', owner),
    workflow: query('workflow', ''),
    job_workflow_ref: query('job_workflow_ref', ''),
    event_name: query('event_name', 'workflow_dispatch'),
    runner_environment: 'github-hosted',
  };
  const header = { typ: 'JWT', alg: 'HS256', kid: 'sandbox' };
  const signed = [header, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = createHmac('sha256', 'sandbox').update(signed).digest('base64url');
  const value = `${signed}.${signature}`;
  return toAnswer({ status: 200, body: { count: value.length, value } });
}
