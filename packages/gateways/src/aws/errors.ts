import { OutsideError } from '@promo-actions/core/errors';

/** One AWS call as its failure is told. */
export interface Call {
  /** As AWS writes it: `Lambda`, `CloudWatch`, `SSM`, `DynamoDB`. */
  readonly service: string;
  /** Such as `UpdateAlias`. */
  readonly operation: string;
  /** What it means when this call fails: "alias `live` of `orders` could not be updated". */
  readonly what: string;
  /** The IAM action where it is not `service:Operation` in small letters, such as `lambda:InvokeFunction`. */
  readonly permission?: string;
  /** What to do when AWS does not know the resource: names it and says how to list what exists. */
  readonly missing?: string;
}

/** The service's own code of a failed call, such as `ResourceNotFoundException`; undefined when no service answered. */
export function awsCode(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  return awsStatus(error) === undefined ? undefined : error.name;
}

/** The HTTP status a service answered with; undefined when none answered. */
export function awsStatus(error: unknown): number | undefined {
  return metadata(error)?.httpStatusCode;
}

/** Sends one AWS call; its failure becomes an OutsideError. `accept` may turn a failure into an answer by returning one. */
export async function awsCall<T, A = never>(
  call: Call,
  send: () => Promise<T>,
  accept?: (code: string | undefined, error: Error) => A | undefined,
): Promise<T | A> {
  try {
    return await send();
  } catch (error) {
    const accepted = error instanceof Error ? accept?.(awsCode(error), error) : undefined;
    if (accepted !== undefined) return accepted;
    throw outsideError(call, error);
  }
}

/**
 * Whatever an AWS call threw, as advice: which permission lacks, which resource is unknown, that credentials expired,
 * that the region is wrong, that AWS throttled. What is no failure of the outside world is returned as it came.
 * @param env tells a job of GitHub Actions from a person's terminal, where credentials and regions are set otherwise.
 */
export function outsideError(call: Call, error: unknown, env: NodeJS.ProcessEnv = process.env): unknown {
  if (error instanceof OutsideError || !(error instanceof Error)) return error;
  const told = failureOf(call, error, env);
  if (!told) return error;
  const status = awsStatus(error);
  const requestId = metadata(error)?.requestId;
  const code = awsCode(error) ?? systemCode(error);
  return new OutsideError({
    what: call.what,
    remedy: told.remedy,
    operation: `${call.service} ${call.operation}`,
    cause: error,
    ...(told.why ? { why: told.why } : {}),
    ...(code ? { code: status === undefined ? code : `${code}, HTTP ${status}` } : {}),
    ...(requestId ? { requestId } : {}),
  });
}

interface Told {
  readonly why?: string;
  readonly remedy: string;
}

function failureOf(call: Call, error: Error, env: NodeJS.ProcessEnv): Told | undefined {
  return (
    credentialFailure(error, env) ??
    regionFailure(call, error, env) ??
    networkFailure(error) ??
    serviceFailure(call, error)
  );
}

const inJob = {
  configure:
    'Run aws-actions/configure-aws-credentials before this step, with a role of the right account and `permissions: id-token: write`',
  renew:
    '; where the job runs longer than they last, run it again before this step or raise `role-duration-seconds`',
  region: 'Set `aws-region` of configure-aws-credentials (or AWS_REGION), such as `af-south-1`',
};

const atTerminal: typeof inJob = {
  configure:
    'Set AWS_PROFILE to a profile of the right account and sign in (`aws sso login`), or export the keys of that account: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, where they are temporary, AWS_SESSION_TOKEN',
  renew: '',
  region: 'Set AWS_REGION, such as `af-south-1`',
};

function adviceFor(env: NodeJS.ProcessEnv): typeof inJob {
  return env.GITHUB_ACTIONS === 'true' ? inJob : atTerminal;
}

const badCredentials: Readonly<Record<string, string>> = {
  UnrecognizedClientException: 'AWS does not know these credentials',
  InvalidClientTokenId: 'AWS does not know these credentials',
  InvalidAccessKeyId: 'AWS does not know these credentials',
  MissingAuthenticationToken: 'the call carried no credentials',
  MissingAuthenticationTokenException: 'the call carried no credentials',
  IncompleteSignature: 'the credentials do not fit together',
  InvalidSignatureException:
    'the signature is wrong: the secret key does not fit, or the clock of this machine is off',
  SignatureDoesNotMatch:
    'the signature is wrong: the secret key does not fit, or the clock of this machine is off',
};

function credentialFailure(error: Error, env: NodeJS.ProcessEnv): Told | undefined {
  const { configure, renew } = adviceFor(env);
  if (/^(ExpiredToken|ExpiredTokenException|RequestExpired|TokenRefreshRequired)$/.test(error.name)) {
    return {
      why: 'the credentials have expired',
      remedy: `${configure}${renew}`,
    };
  }
  if (error.name === 'CredentialsProviderError' || /could not load credentials/i.test(error.message)) {
    return { why: 'there are no AWS credentials', remedy: configure };
  }
  const why = badCredentials[error.name];
  return why ? { why, remedy: configure } : undefined;
}

function regionFailure(call: Call, error: Error, env: NodeJS.ProcessEnv): Told | undefined {
  const { region: remedy } = adviceFor(env);
  if (
    /region is missing|invalid hostname|not a valid hostname component|UnknownEndpoint/i.test(
      `${error.name} ${error.message}`,
    )
  ) {
    const given = env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
    return { why: given ? `the region \`${given}\` is not one` : 'no AWS region is set', remedy };
  }
  if (systemCode(error) === 'ENOTFOUND' || systemCode(error) === 'EAI_AGAIN') {
    const region = env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? '';
    return {
      why: `the host of ${call.service} in region \`${region}\` has no address`,
      remedy: `Check that the region is right and that the runner's network resolves AWS names. ${remedy}`,
    };
  }
  return undefined;
}

function networkFailure(error: Error): Told | undefined {
  const code = systemCode(error);
  if (error.name !== 'TimeoutError' && !code) return undefined;
  if (awsStatus(error) !== undefined) return undefined;
  const why = `no answer came from AWS in ${attemptsOf(error)}: ${error.message || code}`;
  if (code && isCertificateCode(code)) {
    return {
      why,
      remedy:
        'The runner does not trust the certificate it was shown: give it the authority of its proxy by NODE_EXTRA_CA_CERTS, or check AWS_ENDPOINT_URL',
    };
  }
  return {
    why,
    remedy:
      'Check the network of the runner (proxy, VPC endpoint, AWS_ENDPOINT_URL), then run the step again; it is safe to repeat',
  };
}

function serviceFailure(call: Call, error: Error): Told | undefined {
  const status = awsStatus(error);
  if (status === undefined) return undefined;
  const why = error.message === 'UnknownError' ? undefined : error.message;
  const because = (remedy: string): Told => (why ? { why, remedy } : { remedy });
  if (status === 403 || /AccessDenied|Unauthorized/i.test(error.name)) {
    const permission = call.permission ?? `${call.service.toLowerCase()}:${call.operation}`;
    return because(
      `Allow \`${permission}\` to the role of this job, or check that the job has assumed the role of the right account`,
    );
  }
  if (status === 404 || /NotFound/.test(error.name)) {
    return because(call.missing ?? 'Check the name, the account and the region');
  }
  if (status === 429 || /Throttl|TooManyRequests|ThroughputExceeded|RequestLimitExceeded/.test(error.name)) {
    return because(
      `AWS throttled ${attemptsOf(error, 'all ')}. Run the step again later; it is safe to repeat`,
    );
  }
  if (/LimitExceeded|QuotaExceeded/.test(error.name)) {
    return because('Ask for a higher quota or remove what is no longer needed, then run the step again');
  }
  if (status >= 500) {
    return because(
      `AWS failed in ${attemptsOf(error, 'all ')}. Look at https://health.aws.amazon.com, then run the step again; it is safe to repeat`,
    );
  }
  return because(
    'Mend what AWS names, then run the step again; give AWS support the request ID if it makes no sense',
  );
}

interface Metadata {
  readonly httpStatusCode?: number;
  readonly requestId?: string;
  readonly attempts?: number;
}

function metadata(error: unknown): Metadata | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const found = error.$metadata;
  return typeof found === 'object' && found !== null ? found : undefined;
}

/** How often the SDK asked, as it notes on what it throws. */
function attemptsOf(error: Error, all = ''): string {
  const attempts = metadata(error)?.attempts ?? 1;
  return attempts === 1 ? 'its one attempt' : `${all}${attempts} attempts`;
}

function isCertificateCode(code: string): boolean {
  return /CERT|SIGNATURE|^ERR_TLS_/.test(code);
}

/** Node's code of a failed connection, such as `ECONNREFUSED` or `CERT_HAS_EXPIRED`, of the error or one inside it. */
function systemCode(error: Error): string | undefined {
  if ('code' in error && typeof error.code === 'string' && isSystemCode(error.code)) return error.code;
  const inner = error instanceof AggregateError ? error.errors[0] : error.cause;
  return inner instanceof Error ? systemCode(inner) : undefined;
}

function isSystemCode(code: string): boolean {
  return /^E[A-Z_]+$/.test(code) || (/^[A-Z_]+$/.test(code) && isCertificateCode(code));
}
