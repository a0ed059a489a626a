import { fromWebToken } from '@aws-sdk/credential-provider-web-identity';
import type { Clock } from '@promo-actions/core/clock';
import { OutsideError } from '@promo-actions/core/errors';
import { awsCode, outsideError } from '../aws/index.ts';
import { retryingFetch } from '../http/index.ts';

export type Credentials = ReturnType<typeof fromWebToken>;

const audience = 'sts.amazonaws.com';

/**
 * Credentials of a role of another account, by the job's own OIDC token: it needs no credentials of that account before,
 * and leaves those of the job as they are. The token is asked for anew whenever the credentials are.
 */
export function roleByOidc(roleArn: string, clock: Clock, sessionName: string): Credentials {
  return async (options) => {
    const provider = fromWebToken({
      roleArn,
      roleSessionName: sessionName.replace(/[^\w+=,.@-]/g, '-').slice(0, 64),
      webIdentityToken: await oidcToken(clock),
    });
    try {
      return await provider(options);
    } catch (error) {
      const code = error instanceof Error ? awsCode(error) : undefined;
      const call = {
        service: 'STS',
        operation: 'AssumeRoleWithWebIdentity',
        what: `role \`${roleArn}\` could not be assumed`,
      };
      if (code !== 'AccessDenied' && code !== 'InvalidIdentityToken') throw outsideError(call, error);
      throw new OutsideError({
        what: call.what,
        ...(error instanceof Error ? { why: error.message } : {}),
        remedy:
          'Let its trust policy allow `sts:AssumeRoleWithWebIdentity` to GitHub’s OIDC provider with the `sub` of this job (`repo:owner/name:environment:prod` where the job has an environment), and check the ARN',
        operation: `${call.service} ${call.operation}`,
        code,
        cause: error,
      });
    }
  };
}

async function oidcToken(clock: Clock): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL: address, ACTIONS_ID_TOKEN_REQUEST_TOKEN: bearer } = process.env;
  if (!address || !bearer)
    throw new OutsideError({
      what: 'the job has no OIDC token to assume `source-role` with',
      remedy:
        'Give the job `permissions: id-token: write`, and the job that calls this workflow too; or leave `source-role` out where the job’s own credentials may read the source',
    });
  const url = new URL(address);
  url.searchParams.set('audience', audience);
  const response = await retryingFetch(fetch, clock)(url, { headers: { authorization: `Bearer ${bearer}` } });
  const answer: unknown = response.ok ? await response.json() : undefined;
  if (typeof answer === 'object' && answer !== null && 'value' in answer && typeof answer.value === 'string')
    return answer.value;
  throw new OutsideError({
    what: 'GitHub gave no OIDC token',
    code: `HTTP ${response.status}`,
    remedy: 'Run the step again; if it stays so, look at https://www.githubstatus.com',
  });
}
