/** One HTTP request as a service of the sandbox sees it. */
export interface Exchange {
  readonly method: string;
  /** Path and query; the path still percent-encoded, as it came. */
  readonly url: URL;
  /** Names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  /** Already unpacked where the request came gzipped. */
  readonly body: Buffer;
  /** The 12-digit account: the access key itself, or the account of the assumed role behind it. Empty without a signature. */
  readonly account: string;
  /** The region of the signature's scope. Empty without a signature. */
  readonly region: string;
  /** The sandbox's virtual time, epoch milliseconds. It does not move while a request is being answered. */
  readonly now: number;
  readonly requestId: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

/**
 * One service that the sandbox speaks for. The kernel asks each service in turn whether a request is its own, writes
 * the journal, applies faults and frames the answer; a service only knows its own state and rules.
 */
export interface Service {
  /** As AWS or the vendor names it in small letters: `lambda`, `monitoring`, `ssm`, `dynamodb`, `sts`, `github`, `jira`. */
  readonly name: string;
  /** Operations of an AWS service that need no signature, such as STS AssumeRoleWithWebIdentity. Absent: all need one. */
  readonly unsigned?: readonly string[];
  /** The operation's name (`UpdateAlias`, `GET /repos/{owner}/{repo}/git/ref/{ref}`) when the request is this service's, else undefined. */
  operation(exchange: Exchange): string | undefined;
  handle(operation: string, exchange: Exchange): Promise<Answer> | Answer;
  /** The answer this service gives for an injected error, in its own protocol's words. `code` is such as `ThrottlingException`. */
  failure(exchange: Exchange, status: number, code: string, message: string): Answer;
  /** What the call is about, for the journal: `{ function: 'tenant-service', alias: 'live' }`. Never a value that may be secret. */
  subject?(operation: string, exchange: Exchange): Readonly<Record<string, string>>;
  close?(): Promise<void> | void;
}
