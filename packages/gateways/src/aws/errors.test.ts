import { describe, expect, test } from '@jest/globals';
import { OutsideError } from '@promo-actions/core/errors';
import { awsCall, type Call, outsideError } from './index.ts';

const call: Call = {
  service: 'Lambda',
  operation: 'UpdateAlias',
  what: 'alias `live` of `orders` could not be changed',
  missing: 'List the aliases',
};

const inJob = { GITHUB_ACTIONS: 'true' };
const noCredentials = Object.assign(new Error('Could not load credentials from any providers'), {
  name: 'CredentialsProviderError',
});

/** What the SDK throws when a service answers with an error. */
function answered(name: string, httpStatusCode: number, message = 'AWS says why', attempts = 1): Error {
  const $metadata = { httpStatusCode, requestId: 'req-1', attempts };
  return Object.assign(new Error(message), { name, $metadata });
}

function told(error: unknown, over: Partial<Call> = {}, env: NodeJS.ProcessEnv = inJob): string {
  const result = outsideError({ ...call, ...over }, error, env);
  if (!(result instanceof OutsideError)) throw new Error(`expected an OutsideError, got ${String(result)}`);
  return result.message;
}

test('says what, why, the service’s code, the request ID and the remedy', () => {
  expect(told(answered('ResourceNotFoundException', 404, 'Function not found: orders'))).toBe(
    'alias `live` of `orders` could not be changed. Function not found: orders. (Lambda UpdateAlias, ResourceNotFoundException, HTTP 404, request ID req-1) List the aliases.',
  );
});

test.each<[string, Error, RegExp]>([
  ['denied', answered('AccessDeniedException', 403), /Allow `lambda:UpdateAlias`/],
  ['expired', answered('ExpiredTokenException', 403), /credentials have expired.*role-duration-seconds/],
  [
    'unknown key',
    answered('UnrecognizedClientException', 403),
    /does not know these credentials.*id-token: write/,
  ],
  ['no credentials', noCredentials, /no AWS credentials.*configure-aws-credentials/],
  ['no region', new Error('Region is missing'), /region.*`aws-region`/],
  [
    'no such host',
    Object.assign(new Error('getaddrinfo ENOTFOUND lambda.x'), { code: 'ENOTFOUND' }),
    /has no address.*Check that the region is right/,
  ],
  [
    'refused',
    Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }),
    /no answer came from AWS.*ECONNREFUSED.*safe to repeat/,
  ],
  [
    'all addresses refused',
    new AggregateError([Object.assign(new Error('connect'), { code: 'ECONNREFUSED' })], 'all failed'),
    /ECONNREFUSED/,
  ],
  [
    'too slow',
    Object.assign(new Error('timed out'), { name: 'TimeoutError' }),
    /no answer came from AWS.*timed out/,
  ],
  ['throttled', answered('TooManyRequestsException', 429, 'Rate exceeded', 5), /throttled all 5 attempts/],
  [
    'throttled with 400',
    answered('ThrottlingException', 400, 'Rate exceeded', 5),
    /throttled all 5 attempts/,
  ],
  [
    'throttled by a table',
    answered('ProvisionedThroughputExceededException', 400, 'The level was exceeded', 5),
    /throttled all 5 attempts/,
  ],
  [
    'throttled by an account',
    answered('RequestLimitExceeded', 400, 'Throughput exceeds the limit of the account', 5),
    /throttled all 5 attempts/,
  ],
  ['a quota', answered('CodeStorageExceededException', 400), /Mend what AWS names/],
  ['a limit', answered('AliasLimitExceededException', 400), /higher quota/],
  ['a quota by its name', answered('SnapshotQuotaExceeded', 400), /higher quota/],
  ['failing', answered('ServiceException', 500, 'Internal', 5), /AWS failed in all 5 attempts.*health\.aws/],
  [
    'anything else',
    answered('InvalidParameterValueException', 400, 'Version 9 is not valid'),
    /Version 9 is not valid.*Mend what AWS names/,
  ],
])('%s is told with its remedy', (_, error, message) => {
  expect(told(error)).toMatch(message);
});

describe('at a terminal', () => {
  test.each<[string, Error]>([
    ['missing', noCredentials],
    ['expired', answered('ExpiredTokenException', 403)],
    ['unknown', answered('UnrecognizedClientException', 403)],
  ])('%s credentials are told with how a person signs in, and with nothing of a job', (_, error) => {
    const message = told(error, {}, {});
    expect(message).toMatch(/Set AWS_PROFILE .* sign in \(`aws sso login`\), or export the keys/);
    expect(message).not.toMatch(/configure-aws-credentials|id-token|role-duration|this step/);
  });

  test('a missing region is told with its variable alone', () => {
    expect(told(new Error('Region is missing'), {}, {})).toMatch(
      /no AWS region is set\. .*Set AWS_REGION, such as `af-south-1`/,
    );
  });
});

test.each(['SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ERR_TLS_CERT_ALTNAME_INVALID'])(
  'a certificate that is not trusted is no bug: %s',
  (code) => {
    const error = Object.assign(new Error('the certificate is not trusted'), { code });
    expect(told(error)).toMatch(/no answer came from AWS in its one attempt.*NODE_EXTRA_CA_CERTS/i);
  },
);

test('another IAM action than the operation’s name is named where it is one', () => {
  const denied = answered('AccessDeniedException', 403);
  expect(told(denied, { operation: 'Invoke', permission: 'lambda:InvokeFunction' })).toMatch(
    /`lambda:InvokeFunction`/,
  );
  expect(told(denied, { service: 'CloudWatch', operation: 'GetMetricData' })).toMatch(
    /`cloudwatch:GetMetricData`/,
  );
});

test('a wrong signature is told without the text that was signed, which holds the session token', () => {
  const error = answered('SignatureDoesNotMatch', 403, 'canonical: x-amz-security-token:SECRET');
  expect(told(error)).not.toContain('SECRET');
});

test('what is no failure of the outside world stays what it is', () => {
  const bug = new TypeError('x is not a function');
  expect(outsideError(call, bug)).toBe(bug);
  const known = new OutsideError({ what: 'a', remedy: 'b' });
  expect(outsideError(call, known)).toBe(known);
});

describe('a call', () => {
  test('answers with its answer', async () => {
    expect(await awsCall(call, async () => 7)).toBe(7);
  });

  test('may take a failure for an answer', async () => {
    const moved = async () => {
      throw answered('PreconditionFailedException', 412);
    };
    const accept = (code: string | undefined) =>
      code === 'PreconditionFailedException' ? 'moved' : undefined;
    expect(await awsCall(call, moved, accept)).toBe('moved');
    await expect(awsCall(call, moved)).rejects.toThrow(OutsideError);
  });
});
