import * as v from 'valibot';
import { type Answer, type JsonObject, jsonAnswer, WireError } from '../kernel/index.ts';
import { aliasJson, weightsOf } from './describe.ts';
import { type Alias, checkRevision, type LambdaFunction, type Version, versionOf } from './model.ts';
import { constraintError, functionArn, parameterError } from './names.ts';
import { bodyOf, type LambdaRequest, page, referenceOf } from './request.ts';

const ALIAS_NAME = /^(?!^[0-9]+$)[a-zA-Z0-9-_]{1,128}$/;
const NAME_CONSTRAINT = 'Member must satisfy regular expression pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)';
const VERSION_CONSTRAINT =
  'Member must satisfy regular expression pattern: (\\$LATEST(\\.PUBLISHED)?|[0-9]+)';
/** How long provisioned concurrency keeps the old version answering after a change of version. */
const HANDOVER = 30_000;

const versionSchema = v.pipe(v.string(), v.regex(/^(\$LATEST|[0-9]+)$/, VERSION_CONSTRAINT));
const descriptionSchema = v.pipe(
  v.string(),
  v.maxLength(256, 'Member must have length less than or equal to 256'),
);
const routingSchema = v.nullish(
  v.object({
    AdditionalVersionWeights: v.nullish(
      v.record(
        v.pipe(
          v.string(),
          v.regex(
            /^[0-9]+$/,
            'Map keys must satisfy constraint: [Member must satisfy regular expression pattern: [0-9]+]',
          ),
        ),
        v.pipe(
          v.number(),
          v.minValue(
            0,
            'Map value must satisfy constraint: [Member must have value greater than or equal to 0.0]',
          ),
          v.maxValue(
            1,
            'Map value must satisfy constraint: [Member must have value less than or equal to 1.0]',
          ),
        ),
      ),
    ),
  }),
);
const createSchema = v.object({
  Name: v.pipe(v.string(), v.regex(ALIAS_NAME, NAME_CONSTRAINT)),
  FunctionVersion: versionSchema,
  Description: v.nullish(descriptionSchema, ''),
  RoutingConfig: routingSchema,
});
const updateSchema = v.object({
  FunctionVersion: v.nullish(versionSchema),
  Description: v.nullish(descriptionSchema),
  RoutingConfig: routingSchema,
  RevisionId: v.nullish(v.string()),
});

export function createAlias(request: LambdaRequest): Answer {
  const body = bodyOf(request, createSchema);
  const owner = ownerOf(request);
  const weights = body.RoutingConfig?.AdditionalVersionWeights ?? {};
  checkTargets(owner, body.FunctionVersion, weights);
  if (owner.aliases.has(body.Name)) {
    const arn = functionArn(owner.scope, owner.name, body.Name);
    throw new WireError(409, 'ResourceConflictException', `Alias already exists: ${arn}`);
  }
  const alias: Alias = {
    name: body.Name,
    version: body.FunctionVersion,
    description: body.Description ?? '',
    weights,
    revision: request.uuid(),
  };
  put(request, owner, alias);
  return jsonAnswer(request.exchange, aliasJson(owner, alias, request.now), 201);
}

export function getAlias(request: LambdaRequest): Answer {
  const owner = ownerOf(request);
  return jsonAnswer(request.exchange, aliasJson(owner, aliasOf(request, owner), request.now));
}

export function listAliases(request: LambdaRequest): Answer {
  const owner = ownerOf(request);
  const wanted = request.exchange.url.searchParams.get('FunctionVersion');
  const all = [...owner.aliases.values()]
    .filter((alias) => wanted === null || alias.version === wanted)
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const { items, next } = page(request, all);
  return jsonAnswer(request.exchange, {
    Aliases: items.map((alias) => aliasJson(owner, alias, request.now)),
    NextMarker: next,
  });
}

export function updateAlias(request: LambdaRequest): Answer {
  const body = bodyOf(request, updateSchema);
  const owner = ownerOf(request);
  const former = aliasOf(request, owner);
  checkRevision(body.RevisionId ?? undefined, former.revision);
  const version = body.FunctionVersion ?? former.version;
  const weights = body.RoutingConfig ? (body.RoutingConfig.AdditionalVersionWeights ?? {}) : former.weights;
  checkTargets(owner, version, weights);
  if (owner.provisioned.has(former.name) && Object.keys(weights).length > 0) {
    throw parameterError('Alias with weights can not be used with Provisioned Concurrency');
  }
  const { handover: _over, ...kept } = former;
  const alias: Alias = {
    ...kept,
    version,
    weights,
    description: body.Description ?? former.description,
    revision: request.uuid(),
    ...handoverOf(owner, former, version, request.now),
  };
  put(request, owner, alias);
  return jsonAnswer(request.exchange, aliasJson(owner, alias, request.now));
}

/** Lambda answers 204 for an alias that is not there, too. */
export function deleteAlias(request: LambdaRequest): Answer {
  const owner = ownerOf(request);
  checkName(request.aliasName);
  if (owner.aliases.delete(request.aliasName)) {
    owner.provisioned.delete(request.aliasName);
    request.state.remember(owner, request.aliasName, { at: request.now, stable: undefined, weight: 0 });
  }
  return { status: 204 };
}

/**
 * The whole state that a CreateAlias or UpdateAlias wants, for the journal: `version`, and while there is a canary
 * `canary` and its `weight` in percent. What an update does not say stays as it is.
 */
export function wantedAlias(body: JsonObject, former: Alias | undefined): Readonly<Record<string, string>> {
  const read = v.safeParse(updateSchema, body);
  if (!read.success) return {};
  const { FunctionVersion, RoutingConfig: routing } = read.output;
  const version = FunctionVersion ?? former?.version;
  const weights = routing ? (routing.AdditionalVersionWeights ?? {}) : (former?.weights ?? {});
  const [canary] = Object.entries(weights);
  return {
    ...(version ? { version } : {}),
    ...(canary ? { canary: canary[0], weight: String(Number((canary[1] * 100).toFixed(6))) } : {}),
  };
}

function ownerOf(request: LambdaRequest): LambdaFunction {
  const reference = referenceOf(request);
  return request.state.get(reference, reference.name);
}

function aliasOf(request: LambdaRequest, owner: LambdaFunction): Alias {
  checkName(request.aliasName);
  const alias = owner.aliases.get(request.aliasName);
  if (alias !== undefined) return alias;
  const arn = functionArn(owner.scope, owner.name, request.aliasName);
  throw new WireError(404, 'ResourceNotFoundException', `Cannot find alias arn: ${arn}`);
}

function checkName(name: string): void {
  if (!ALIAS_NAME.test(name)) throw constraintError(name, 'name', NAME_CONSTRAINT);
}

function put(request: LambdaRequest, owner: LambdaFunction, alias: Alias): void {
  owner.aliases.set(alias.name, alias);
  const [canary] = Object.entries(alias.weights);
  request.state.remember(owner, alias.name, {
    at: request.now,
    stable: alias.version,
    ...(canary === undefined ? { weight: 0 } : { canary: canary[0], weight: canary[1] }),
  });
}

/** Lambda's rules for what an alias may point at. */
export function checkTargets(
  owner: LambdaFunction,
  number: string,
  weights: Readonly<Record<string, number>>,
): void {
  const main = versionOf(owner, number);
  const additional = Object.keys(weights);
  if (additional.length > 1) {
    throw parameterError('Number of items in AdditionalVersionWeights cannot be greater than 1');
  }
  const [other] = additional;
  if (other === undefined) return;
  if (other === number) {
    throw parameterError(
      `Invalid function version ${other}. Function version ${other} is already included in routing configuration.`,
    );
  }
  if (number === '$LATEST') {
    throw parameterError('$LATEST is not supported for an alias pointing to more than 1 version');
  }
  checkAlike(main, versionOf(owner, other));
}

function checkAlike(main: Version, other: Version): void {
  if (main.configuration.role !== other.configuration.role) {
    throw parameterError('Specified versions must be associated with the same execution role');
  }
  if (main.configuration.deadLetter !== other.configuration.deadLetter) {
    throw parameterError('Specified versions must have the same dead letter queue configuration');
  }
}

function handoverOf(
  owner: LambdaFunction,
  former: Alias,
  version: string,
  now: number,
): Pick<Alias, 'handover'> {
  if (!owner.provisioned.has(former.name) || version === former.version) return {};
  const [still] = Object.keys(weightsOf(former, now));
  return { handover: { from: still ?? former.version, until: now + HANDOVER } };
}
