/** What every AWS client of the product is made with. */
export interface ClientOptions {
  readonly maxAttempts: number;
  readonly userAgentAppId: string;
  /** Milliseconds. */
  readonly requestHandler: { readonly connectionTimeout: number; readonly socketTimeout: number };
  readonly region?: string;
}

/**
 * Options shared by all AWS clients: five attempts by the standard retry mode (throttling, 5xx and dropped connections;
 * 409 and 412 are never retried by the SDK, but see the Lambda client), an app ID in the user agent so that CloudTrail
 * names promo-actions, and timeouts. Credentials and, unless it is given, the region are the ambient ones that
 * configure-aws-credentials leaves in the environment, or that a person has set there for the AWS CLI, whose
 * `AWS_DEFAULT_REGION` the SDK does not read.
 *
 * A connection over which nothing comes for `silence` milliseconds is dropped and the call made again. It is the socket's
 * timeout, because the SDK only warns of a request that outlasts its `requestTimeout`, and a large upload may take long.
 */
export function clientOptions(
  options: {
    readonly region?: string | undefined;
    readonly silence?: number;
    readonly attempts?: number;
  } = {},
  env: NodeJS.ProcessEnv = process.env,
): ClientOptions {
  const shared = {
    maxAttempts: options.attempts ?? 5,
    userAgentAppId: 'promo-actions',
    requestHandler: { connectionTimeout: 5_000, socketTimeout: options.silence ?? 30_000 },
  };
  const region = options.region || env.AWS_REGION || env.AWS_DEFAULT_REGION;
  return region ? { ...shared, region } : shared;
}
