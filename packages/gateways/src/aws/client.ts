/** What every AWS client of the product is made with. */
export interface ClientOptions {
  readonly maxAttempts: number;
  readonly userAgentAppId: string;
  /** Milliseconds. */
  readonly requestHandler: { readonly connectionTimeout: number; readonly requestTimeout: number };
  readonly region?: string;
}

/** How often a call is tried before it is told as failed: throttling, 5xx and dropped connections, with backoff. */
export const attempts = 5;

/**
 * Options shared by all AWS clients: five attempts by the standard retry mode (409 and 412 are never retried by the
 * SDK), an app ID in the user agent so that CloudTrail names promo-actions, and timeouts. Credentials and, unless it
 * is given, the region are the ambient ones that configure-aws-credentials leaves in the environment.
 */
export function clientOptions(
  options: { readonly region?: string | undefined; readonly requestTimeout?: number } = {},
): ClientOptions {
  const shared = {
    maxAttempts: attempts,
    userAgentAppId: 'promo-actions',
    requestHandler: { connectionTimeout: 5_000, requestTimeout: options.requestTimeout ?? 30_000 },
  };
  return options.region ? { ...shared, region: options.region } : shared;
}
