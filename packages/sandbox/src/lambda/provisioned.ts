import * as v from 'valibot';
import { type Answer, type JsonObject, jsonAnswer, WireError } from '../kernel/index.ts';
import { lambdaDate, weightsOf } from './describe.ts';
import { type LambdaFunction, type Provisioned, qualified } from './model.ts';
import { functionArn, parameterError } from './names.ts';
import { bodyOf, type LambdaRequest, referenceOf } from './request.ts';

/** How long, in virtual milliseconds, environments take to be allocated. */
const ALLOCATION = 60_000;

const putSchema = v.object({
  ProvisionedConcurrentExecutions: v.pipe(
    v.number(),
    v.integer(),
    v.minValue(1, 'Member must have value greater than or equal to 1'),
  ),
});

export function putProvisionedConcurrency(request: LambdaRequest): Answer {
  const { ProvisionedConcurrentExecutions: requested } = bodyOf(request, putSchema);
  const { owner, qualifier } = target(request);
  const alias = owner.aliases.get(qualifier);
  if (qualified(owner, qualifier).number === '$LATEST') {
    throw parameterError(
      'Provisioned Concurrency Configs cannot be applied to unpublished function versions.',
    );
  }
  if (alias !== undefined && Object.keys(weightsOf(alias, request.now)).length > 0) {
    throw parameterError('Alias with weights can not be used with Provisioned Concurrency');
  }
  const provisioned = { requested, ready: request.now + ALLOCATION, modified: request.now };
  owner.provisioned.set(qualifier, provisioned);
  return jsonAnswer(request.exchange, provisionedJson(provisioned, request.now), 202);
}

export function getProvisionedConcurrency(request: LambdaRequest): Answer {
  const { owner, qualifier } = target(request);
  const provisioned = owner.provisioned.get(qualifier);
  if (provisioned === undefined) {
    const message = 'No Provisioned Concurrency Config found for this function';
    throw new WireError(404, 'ProvisionedConcurrencyConfigNotFoundException', message);
  }
  return jsonAnswer(request.exchange, provisionedJson(provisioned, request.now));
}

export function listProvisionedConcurrency(request: LambdaRequest): Answer {
  const reference = referenceOf(request);
  const owner = request.state.get(reference, reference.name);
  return jsonAnswer(request.exchange, {
    ProvisionedConcurrencyConfigs: [...owner.provisioned].map(([qualifier, provisioned]) => ({
      FunctionArn: functionArn(owner.scope, owner.name, qualifier),
      ...provisionedJson(provisioned, request.now),
    })),
  });
}

export function deleteProvisionedConcurrency(request: LambdaRequest): Answer {
  const { owner, qualifier } = target(request);
  owner.provisioned.delete(qualifier);
  return { status: 204 };
}

function target(request: LambdaRequest): { owner: LambdaFunction; qualifier: string } {
  const reference = referenceOf(request);
  const owner = request.state.get(reference, reference.name, reference.qualifier);
  if (reference.qualifier === undefined) {
    throw parameterError('Provisioned Concurrency needs a Qualifier: an alias or a published version.');
  }
  qualified(owner, reference.qualifier);
  return { owner, qualifier: reference.qualifier };
}

function provisionedJson(provisioned: Provisioned, now: number): JsonObject {
  const isReady = now >= provisioned.ready;
  return {
    RequestedProvisionedConcurrentExecutions: provisioned.requested,
    AvailableProvisionedConcurrentExecutions: isReady ? provisioned.requested : 0,
    AllocatedProvisionedConcurrentExecutions: isReady ? provisioned.requested : 0,
    Status: isReady ? 'READY' : 'IN_PROGRESS',
    LastModified: lambdaDate(provisioned.modified),
  };
}
