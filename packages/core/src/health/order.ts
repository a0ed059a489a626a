import type { HealthOrder, Target } from './check.ts';
import type { Expectation } from './look.ts';

/** The order that checked inputs amount to. */
export function healthOrderOf(inputs: {
  readonly function: string | undefined;
  readonly alias: string | undefined;
  readonly version: string | undefined;
  readonly payload: string;
  readonly url: readonly string[] | undefined;
  readonly expectStatus: number;
  readonly expectBody: string | undefined;
  readonly expectedVersion: string | undefined;
  readonly interval: number;
  readonly successes: number;
  readonly environment: string | undefined;
  readonly service: string | undefined;
}): HealthOrder {
  const qualifier = inputs.version ?? inputs.alias;
  const targets: Target[] = (inputs.url ?? []).map((url) => ({ kind: 'url', url }));
  if (inputs.function !== undefined && qualifier !== undefined) {
    targets.unshift({ kind: 'function', functionName: inputs.function, qualifier, payload: inputs.payload });
  }
  const expected: Expectation = {
    status: inputs.expectStatus,
    ...(inputs.expectBody === undefined ? {} : { body: new RegExp(inputs.expectBody) }),
    ...(inputs.expectedVersion === undefined ? {} : { version: inputs.expectedVersion }),
  };
  const subject = {
    ...(inputs.environment === undefined ? {} : { environment: inputs.environment }),
    ...(inputs.service === undefined ? {} : { service: inputs.service }),
  };
  return { targets, expected, interval: inputs.interval, successes: Math.max(1, inputs.successes), subject };
}
