import { LambdaClient } from '@aws-sdk/client-lambda';
import { functionMissing } from '@promo-actions/core/lambda';
import { awsCall, type Call, clientOptions, heedDates } from '../aws/index.ts';

/** Where the functions are; the ambient region when none is given. */
export interface LambdaOptions {
  readonly region?: string;
}

export function lambdaClient(options: LambdaOptions): LambdaClient {
  const client = new LambdaClient(clientOptions(options));
  heedDates(client);
  return client;
}

/** One Lambda call about a function; a failure says what could not be done and how to find the right name. */
export function lambdaCall<T, A = never>(
  call: Omit<Call, 'service' | 'missing'> & { readonly functionName: string },
  send: () => Promise<T>,
  accept?: (code: string | undefined, error: Error) => A | undefined,
): Promise<T | A> {
  return awsCall({ ...call, service: 'Lambda', missing: functionMissing(call.functionName) }, send, accept);
}
