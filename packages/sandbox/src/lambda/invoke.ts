import { type Answer, type Random, WireError } from '../kernel/index.ts';
import { isOptimized, weightsOf } from './describe.ts';
import { isSettling, type LambdaFunction, notFound, type Version, versionOf } from './model.ts';
import { constraintError, functionArn, isVersionNumber } from './names.ts';
import { type LambdaRequest, referenceOf } from './request.ts';
import { type Outcome, qualifiedArn, type Runtime } from './runtime.ts';

const PAYLOAD_LIMIT = 6 * 1024 * 1024;
const LOG_TAIL = 4096;
const TYPES = ['RequestResponse', 'Event', 'DryRun'];

export interface InvokeDependencies {
  readonly runtime: Runtime;
  /** Chooses between an alias's two versions. */
  readonly random: Random;
}

/** Runs the handler of the version that the qualifier names, or that an alias's weights choose. */
export async function invoke(
  request: LambdaRequest,
  { runtime, random }: InvokeDependencies,
): Promise<Answer> {
  const { headers, body } = request.exchange;
  const type = headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (!TYPES.includes(type)) {
    const constraint = `Member must satisfy enum value set: [${TYPES.join(', ')}]`;
    throw constraintError(type, 'invocationType', constraint);
  }
  const reference = referenceOf(request);
  const owner = request.state.get(reference, reference.name, reference.qualifier);
  const { version, alias } = choose(owner, reference.qualifier, request.now, random);
  const payload = readPayload(body);
  checkInvocable(owner, version, request.now);
  if (type === 'DryRun') return { status: 204 };

  const run = runtime.run({
    owner,
    version,
    payload,
    requestId: request.exchange.requestId,
    invokedArn: qualifiedArn({ owner, version }, alias),
    clientContext: headers['x-amz-client-context'],
    now: request.now,
  });
  const counted = run.then((outcome) => {
    request.state.count(owner.scope, {
      at: request.now,
      function: owner.name,
      ...(alias === undefined ? {} : { alias }),
      version: version.number,
      failed: outcome.failed,
      duration: outcome.duration,
    });
    return outcome;
  });
  if (type === 'Event') {
    counted.catch((error: unknown) =>
      console.error(`sandbox: an asynchronous invocation of ${owner.name} failed: ${String(error)}`),
    );
    return { status: 202 };
  }
  return answerOf(await counted, version, headers['x-amz-log-type'] === 'Tail');
}

function answerOf(outcome: Outcome, version: Version, wantsLog: boolean): Answer {
  const tail = Buffer.from(outcome.log).subarray(-LOG_TAIL).toString('base64');
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'x-amz-executed-version': version.number,
      ...(outcome.failed ? { 'x-amz-function-error': 'Unhandled' } : {}),
      ...(wantsLog ? { 'x-amz-log-result': tail } : {}),
    },
    body: outcome.payload,
  };
}

function choose(
  owner: LambdaFunction,
  qualifier: string | undefined,
  now: number,
  random: Random,
): { readonly version: Version; readonly alias?: string } {
  if (qualifier === undefined || qualifier === '$LATEST' || isVersionNumber(qualifier)) {
    return { version: versionOf(owner, qualifier ?? '$LATEST') };
  }
  const alias = owner.aliases.get(qualifier);
  if (alias === undefined) throw notFound(functionArn(owner.scope, owner.name, qualifier));
  const [additional] = Object.entries(weightsOf(alias, now));
  const drawn = random();
  const number = additional !== undefined && drawn < additional[1] ? additional[0] : alias.version;
  return { version: versionOf(owner, number), alias: alias.name };
}

function readPayload(body: Buffer): string {
  if (body.length > PAYLOAD_LIMIT) {
    const message = `${body.length} byte payload is too large for the RequestResponse invocation type (limit ${PAYLOAD_LIMIT} bytes)`;
    throw new WireError(413, 'RequestTooLargeException', message);
  }
  const text = body.length === 0 ? '{}' : body.toString('utf8');
  try {
    JSON.parse(text);
  } catch (error) {
    const message = `Could not parse request body into json: Could not parse payload into json: ${(error as Error).message}`;
    throw new WireError(400, 'InvalidRequestContentException', message);
  }
  return text;
}

function checkInvocable(owner: LambdaFunction, version: Version, now: number): void {
  const arn = functionArn(owner.scope, owner.name, version.number);
  if (
    version.configuration.snapStart === 'PublishedVersions' &&
    version.number !== '$LATEST' &&
    !isOptimized(version, now)
  ) {
    const message = `Lambda is initializing your function. It will be ready to invoke once your function state becomes ACTIVE: ${arn}`;
    throw new WireError(409, 'SnapStartNotReadyException', message);
  }
  if (version.settling.kind === 'create' && isSettling(version, now)) {
    const message =
      'The operation cannot be performed at this time. The function is currently in the following state: Pending';
    throw new WireError(409, 'ResourceConflictException', message);
  }
  if (!version.configuration.runtime.startsWith('nodejs')) {
    const message = `The sandbox runs Node handlers only; ${arn} has the runtime ${version.configuration.runtime}.`;
    throw new WireError(502, 'InvalidRuntimeException', message);
  }
}
