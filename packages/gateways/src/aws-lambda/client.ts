import { LambdaClient, ResourceConflictException } from '@aws-sdk/client-lambda';
import { functionMissing } from '@promo-actions/core/lambda';
import { awsCall, type Call, clientOptions, heedDates } from '../aws/index.ts';

/** Where the functions are; the ambient region when none is given. */
export interface LambdaOptions {
  readonly region?: string;
}

export function lambdaClient(options: LambdaOptions): LambdaClient {
  const client = new LambdaClient(clientOptions(options));
  heedDates(client);
  retryConflicts(client);
  return client;
}

/**
 * Has the change of an alias made again where Lambda turned it away because another operation is in progress: the SDK
 * takes its 409 for final, and a rollback would fail for a moment's bad luck. Other operations say other things by it.
 */
function retryConflicts({ middlewareStack }: LambdaClient): void {
  middlewareStack.add(
    (next, { commandName }) =>
      async (order) => {
        try {
          return await next(order);
        } catch (error) {
          if (commandName === 'UpdateAliasCommand' && error instanceof ResourceConflictException)
            error.$retryable = { throttling: true };
          throw error;
        }
      },
    { step: 'deserialize', name: 'retryConflicts', priority: 'high' },
  );
}

/** One Lambda call about a function; a failure says what could not be done and how to find the right name. */
export function lambdaCall<T, A = never>(
  call: Omit<Call, 'service' | 'missing'> & { readonly functionName: string },
  send: () => Promise<T>,
  accept?: (code: string | undefined, error: Error) => A | undefined,
): Promise<T | A> {
  return awsCall({ ...call, service: 'Lambda', missing: functionMissing(call.functionName) }, send, accept);
}
