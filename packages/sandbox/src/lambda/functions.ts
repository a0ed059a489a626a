import * as v from 'valibot';
import { type Answer, jsonAnswer, WireError } from '../kernel/index.ts';
import { configurationJson, listedJson } from './describe.ts';
import type { CodeDownloads } from './downloads.ts';
import {
  type Code,
  type Configuration,
  checkRevision,
  checkSettled,
  type LambdaFunction,
  qualified,
  revisionOf,
  type Settling,
  type Version,
} from './model.ts';
import { functionArn, isVersionNumber, parameterError, parseReference } from './names.ts';
import { uploadedPackage } from './package.ts';
import { publish } from './publishing.ts';
import { bodyOf, type LambdaRequest, page, referenceOf } from './request.ts';

/** How long, in virtual milliseconds, a new function is Pending and an updated one InProgress. */
const SETTLING: Readonly<Record<Settling['kind'], number>> = { create: 4000, update: 3000 };

const rangeOf = (least: number, most: number) => `Member must have value between ${least} and ${most}`;
const settingsSchema = v.object({
  Runtime: v.nullish(v.string()),
  Role: v.nullish(
    v.pipe(
      v.string(),
      v.regex(
        /^arn:(aws[a-zA-Z-]*)?:iam::\d{12}:role\/?[a-zA-Z_0-9+=,.@\-_/]+$/,
        'Member must satisfy regular expression pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+',
      ),
    ),
  ),
  Handler: v.nullish(
    v.pipe(v.string(), v.regex(/^\S{1,128}$/, 'Member must satisfy regular expression pattern: [^\\s]+')),
  ),
  Description: v.nullish(
    v.pipe(v.string(), v.maxLength(256, 'Member must have length less than or equal to 256')),
  ),
  Timeout: v.nullish(
    v.pipe(v.number(), v.integer(), v.minValue(1, rangeOf(1, 900)), v.maxValue(900, rangeOf(1, 900))),
  ),
  MemorySize: v.nullish(
    v.pipe(
      v.number(),
      v.integer(),
      v.minValue(128, rangeOf(128, 10_240)),
      v.maxValue(10_240, rangeOf(128, 10_240)),
    ),
  ),
  Environment: v.nullish(v.object({ Variables: v.nullish(v.record(v.string(), v.string())) })),
  DeadLetterConfig: v.nullish(v.object({ TargetArn: v.nullish(v.string()) })),
  Layers: v.nullish(v.array(v.string())),
  TracingConfig: v.nullish(v.object({ Mode: v.nullish(v.string()) })),
  EphemeralStorage: v.nullish(v.object({ Size: v.number() })),
  SnapStart: v.nullish(v.object({ ApplyOn: v.nullish(v.picklist(['None', 'PublishedVersions'])) })),
  RevisionId: v.nullish(v.string()),
});
const codeSchema = v.object({
  ZipFile: v.nullish(v.string()),
  S3Bucket: v.nullish(v.string()),
  ImageUri: v.nullish(v.string()),
});
const createSchema = v.object({
  ...settingsSchema.entries,
  FunctionName: v.string(),
  Role: v.nonNullish(settingsSchema.entries.Role),
  Code: codeSchema,
  Architectures: v.nullish(v.array(v.string())),
  Publish: v.nullish(v.boolean()),
});
const updateCodeSchema = v.object({
  ...codeSchema.entries,
  Architectures: v.nullish(v.array(v.string())),
  DryRun: v.nullish(v.boolean()),
  Publish: v.nullish(v.boolean()),
  RevisionId: v.nullish(v.string()),
});

export const DEFAULT_CONFIGURATION: Configuration = {
  runtime: 'nodejs24.x',
  handler: 'index.handler',
  role: '',
  description: '',
  timeout: 3,
  memory: 128,
  environment: {},
  deadLetter: '',
  architecture: 'x86_64',
  layers: [],
  tracing: 'PassThrough',
  storage: 512,
  snapStart: 'None',
};

export function createFunction(request: LambdaRequest): Answer {
  const body = bodyOf(request, createSchema);
  const reference = parseReference(body.FunctionName, request.exchange, undefined);
  const { account, region, name } = reference;
  if (request.state.find(reference, name) !== undefined) {
    throw new WireError(409, 'ResourceConflictException', `Function already exist: ${name}`);
  }
  if (!body.Runtime || !body.Handler) {
    throw parameterError(
      'Runtime and Handler are mandatory parameters for functions created with deployment packages.',
    );
  }
  const configuration = withSettings(
    { ...DEFAULT_CONFIGURATION, architecture: body.Architectures?.[0] ?? 'x86_64' },
    body,
  );
  const owner = newFunction(
    { account, region },
    name,
    nextVersion(request, configuration, codeOfBody(body.Code), 'create'),
  );
  request.state.add(owner);
  const shown = body.Publish ? publish(request, owner, {}) : owner.latest;
  return jsonAnswer(request.exchange, configurationJson(owner, shown, request.now), 201);
}

export function newFunction(scope: LambdaFunction['scope'], name: string, latest: Version): LambdaFunction {
  return { scope, name, latest, versions: new Map(), next: 1, aliases: new Map(), provisioned: new Map() };
}

export function getFunction(request: LambdaRequest, downloads: CodeDownloads): Answer {
  const { owner, version, qualifier } = find(request);
  return jsonAnswer(request.exchange, {
    Configuration: configurationJson(owner, version, request.now, qualifier),
    Code: { RepositoryType: 'S3', Location: downloads.offer(version.code, request.now, request.uuid()) },
  });
}

export function getFunctionConfiguration(request: LambdaRequest): Answer {
  const { owner, version, qualifier } = find(request);
  return jsonAnswer(request.exchange, configurationJson(owner, version, request.now, qualifier));
}

export function listFunctions(request: LambdaRequest): Answer {
  const all = request.exchange.url.searchParams.get('FunctionVersion') === 'ALL';
  const rows = request.state.list(request.exchange).flatMap((owner) =>
    all
      ? [owner.latest, ...owner.versions.values()].map((version) => listedJson(owner, version, request.now))
      : [
          {
            ...listedJson(owner, owner.latest, request.now),
            FunctionArn: functionArn(owner.scope, owner.name),
          },
        ],
  );
  const { items, next } = page(request, rows);
  return jsonAnswer(request.exchange, { Functions: items, NextMarker: next });
}

export function updateFunctionCode(request: LambdaRequest): Answer {
  const body = bodyOf(request, updateCodeSchema);
  const owner = changeable(request, body.RevisionId);
  const architecture = body.Architectures?.[0] ?? owner.latest.configuration.architecture;
  const updated = nextVersion(
    request,
    { ...owner.latest.configuration, architecture },
    codeOfBody(body),
    'update',
  );
  if (body.DryRun)
    return jsonAnswer(request.exchange, configurationJson(owner, updated, updated.settling.until));
  owner.latest = updated;
  const shown = body.Publish ? publish(request, owner, {}) : updated;
  return jsonAnswer(request.exchange, configurationJson(owner, shown, request.now));
}

export function updateFunctionConfiguration(request: LambdaRequest): Answer {
  const body = bodyOf(request, settingsSchema);
  const owner = changeable(request, body.RevisionId);
  owner.latest = nextVersion(
    request,
    withSettings(owner.latest.configuration, body),
    owner.latest.code,
    'update',
  );
  return jsonAnswer(request.exchange, configurationJson(owner, owner.latest, request.now));
}

/** Deletes a function, or with a qualifier one version that no alias refers to. */
export function deleteFunction(request: LambdaRequest): Answer {
  const reference = referenceOf(request);
  const owner = request.state.get(reference, reference.name, reference.qualifier);
  const { qualifier } = reference;
  if (qualifier === undefined) {
    request.state.remove(owner);
    for (const name of owner.aliases.keys()) {
      request.state.remember(owner, name, { at: request.now, stable: undefined, weight: 0 });
    }
    return { status: 204 };
  }
  if (qualifier === '$LATEST') {
    throw parameterError('$LATEST version cannot be deleted without deleting the function.');
  }
  if (!isVersionNumber(qualifier)) throw parameterError('Deletion of aliases is not currently supported.');
  const users = [...owner.aliases.values()].filter(
    (alias) => alias.version === qualifier || qualifier in alias.weights,
  );
  if (users.length > 0) {
    const names = users.map((alias) => alias.name).join(', ');
    const message = `Unable to delete version because the following aliases reference it: [${names}]`;
    throw new WireError(409, 'ResourceConflictException', message);
  }
  owner.versions.delete(qualifier);
  owner.provisioned.delete(qualifier);
  return { status: 204 };
}

function find(request: LambdaRequest): {
  owner: LambdaFunction;
  version: Version;
  qualifier: string | undefined;
} {
  const reference = referenceOf(request);
  const owner = request.state.get(reference, reference.name, reference.qualifier);
  return { owner, version: qualified(owner, reference.qualifier), qualifier: reference.qualifier };
}

/** The function when `$LATEST` may be changed now: it is settled, and is what the caller last saw. */
function changeable(request: LambdaRequest, revision: string | null | undefined): LambdaFunction {
  const reference = referenceOf(request);
  const owner = request.state.get(reference, reference.name, reference.qualifier);
  checkSettled(owner, request.now);
  checkRevision(revision ?? undefined, revisionOf(owner.latest, request.now));
  return owner;
}

function nextVersion(
  request: LambdaRequest,
  configuration: Configuration,
  code: Code,
  kind: Settling['kind'],
): Version {
  return {
    number: '$LATEST',
    configuration,
    code,
    modified: request.now,
    settling: { kind, until: request.now + SETTLING[kind] },
    revisions: { settling: request.uuid(), settled: request.uuid() },
  };
}

function codeOfBody(body: v.InferOutput<typeof codeSchema>): Code {
  if (body.ZipFile) return uploadedPackage(body.ZipFile);
  if (body.S3Bucket) {
    throw parameterError(
      `Error occurred while GetObject. S3 Error Code: NoSuchBucket. S3 Error Message: The sandbox has no bucket ${body.S3Bucket}; upload the package as ZipFile.`,
    );
  }
  if (body.ImageUri)
    throw parameterError('The sandbox has no container images; upload the package as ZipFile.');
  throw parameterError('Please provide a source for function code.');
}

function withSettings(former: Configuration, body: v.InferOutput<typeof settingsSchema>): Configuration {
  return {
    ...former,
    runtime: body.Runtime ?? former.runtime,
    handler: body.Handler ?? former.handler,
    role: body.Role ?? former.role,
    description: body.Description ?? former.description,
    timeout: body.Timeout ?? former.timeout,
    memory: body.MemorySize ?? former.memory,
    environment: body.Environment?.Variables ?? former.environment,
    deadLetter: body.DeadLetterConfig?.TargetArn ?? former.deadLetter,
    layers: body.Layers ?? former.layers,
    tracing: body.TracingConfig?.Mode ?? former.tracing,
    storage: body.EphemeralStorage?.Size ?? former.storage,
    snapStart: body.SnapStart?.ApplyOn ?? former.snapStart,
  };
}
