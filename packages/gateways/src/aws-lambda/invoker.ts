import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { FunctionInvoker } from '@promo-actions/core/lambda';
import { awsStatus, clientOptions } from '../aws/index.ts';
import { type LambdaOptions, lambdaCall } from './client.ts';

/** A function may run for 15 minutes, and its answer comes after that. */
const longestRun = 15 * 60_000 + 10_000;

/** Runs functions and waits for their answers. Each invocation is one attempt: who asks decides whether to ask again. */
export function createFunctionInvoker(options: LambdaOptions = {}): FunctionInvoker {
  const client = new LambdaClient(clientOptions({ ...options, silence: longestRun, attempts: 1 }));
  return {
    async invoke(functionName, qualifier, payload) {
      const answer = await lambdaCall(
        {
          functionName,
          operation: 'Invoke',
          permission: 'lambda:InvokeFunction',
          what: `function \`${functionName}:${qualifier}\` could not be invoked`,
        },
        () =>
          client.send(
            new InvokeCommand({ FunctionName: functionName, Qualifier: qualifier, Payload: payload }),
          ),
        notRun,
      );
      if ('notRun' in answer) {
        return {
          status: answer.status,
          executedVersion: '',
          functionError: answer.notRun,
          payload: answer.why,
        };
      }
      return {
        status: answer.StatusCode ?? 200,
        executedVersion: answer.ExecutedVersion ?? '',
        payload: answer.Payload ? new TextDecoder().decode(answer.Payload) : '',
        ...(answer.FunctionError ? { functionError: answer.FunctionError } : {}),
      };
    },
  };
}

/** Throttled, or not started by Lambda (5xx, or a 409 while a snapshot is being made): an answer about the function's health. */
function notRun(code: string | undefined, error: Error) {
  const status = awsStatus(error) ?? 0;
  if (!code || (status !== 429 && status !== 409 && status < 500)) return undefined;
  return { notRun: code, status, why: error.message };
}
