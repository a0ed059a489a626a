import type { Invocation } from '../lambda/index.ts';

/** What a healthy answer is. */
export interface Expectation {
  /** HTTP status: of the response, or the `statusCode` in a function's answer. */
  readonly status: number;
  /** Matched against the response's body, or the function's. */
  readonly body?: RegExp;
  /** The Lambda version that must have answered. */
  readonly version?: string;
}

/** What one look at a function or address found. */
export interface Look {
  readonly healthy: boolean;
  /** What was seen, in a few words: `status 200 from version 4`. Never the body: it may hold what is secret. */
  readonly seen: string;
  /** The Lambda version that answered. */
  readonly version?: string;
}

/** An answer over HTTP, or why there was none. */
export type Probe =
  | { readonly kind: 'answer'; readonly status: number; readonly body: string }
  | { readonly kind: 'none'; readonly why: string };

/**
 * Whether a function's answer is a healthy one: it ran without an error, and what it answered is as expected. An answer
 * without a `statusCode` counts as 200, because only functions behind HTTP have one.
 */
export function judgeInvocation(invocation: Invocation, expected: Expectation): Look {
  const { functionError, status, executedVersion, payload } = invocation;
  const version = executedVersion ? { version: executedVersion } : {};
  const from = executedVersion ? ` from version ${executedVersion}` : '';
  if (functionError) {
    const seen =
      status === 200
        ? `the function failed${from}: ${describeFunctionError(payload)}`
        : `Lambda did not run it: ${functionError} (HTTP ${status}) ${shorten(payload)}`;
    return { healthy: false, seen, ...version };
  }
  const answer = readAnswer(payload);
  const verdict = judgeAnswer(answer.status, answer.body, expected);
  if (verdict.healthy && expected.version !== undefined && executedVersion !== expected.version) {
    return {
      healthy: false,
      seen: `version ${executedVersion} answered, not ${expected.version}`,
      ...version,
    };
  }
  return { healthy: verdict.healthy, seen: `${verdict.seen}${from}`, ...version };
}

/** Whether an HTTP answer is a healthy one. */
export function judgeProbe(probe: Probe, expected: Expectation): Look {
  if (probe.kind === 'none') return { healthy: false, seen: `no answer: ${probe.why}` };
  return judgeAnswer(probe.status, probe.body, expected);
}

/** The limit of a health check, in words. */
export function describeExpectation(expected: Expectation): string {
  const parts = [`status ${expected.status}`];
  if (expected.body) parts.push(`a body matching ${expected.body}`);
  if (expected.version !== undefined) parts.push(`version ${expected.version}`);
  return parts.join(', ');
}

function judgeAnswer(status: number, body: string, expected: Expectation): Look {
  if (status !== expected.status) return { healthy: false, seen: `status ${status}` };
  if (expected.body && !expected.body.test(body)) {
    return {
      healthy: false,
      seen: `status ${status}, but a body of ${body.length} characters that does not match`,
    };
  }
  return { healthy: true, seen: `status ${status}` };
}

function readAnswer(payload: string): { status: number; body: string } {
  const parsed = parseObject(payload);
  const status = typeof parsed?.statusCode === 'number' ? parsed.statusCode : 200;
  const body = parsed && 'statusCode' in parsed && typeof parsed.body === 'string' ? parsed.body : payload;
  return { status, body };
}

function describeFunctionError(payload: string): string {
  const parsed = parseObject(payload);
  const type = typeof parsed?.errorType === 'string' ? parsed.errorType : 'error';
  const message = typeof parsed?.errorMessage === 'string' ? parsed.errorMessage : payload;
  return `${type}: ${shorten(message)}`;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
