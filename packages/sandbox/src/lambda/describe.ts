import type { JsonObject } from '../kernel/index.ts';
import { type Alias, isSettling, type LambdaFunction, revisionOf, type Version } from './model.ts';
import { functionArn } from './names.ts';

/** FunctionConfiguration as GetFunctionConfiguration answers it. `arnQualifier` is what the caller asked by, if anything. */
export function configurationJson(
  owner: LambdaFunction,
  version: Version,
  now: number,
  arnQualifier = version.number === '$LATEST' ? undefined : version.number,
): JsonObject {
  const { configuration, code } = version;
  return {
    FunctionName: owner.name,
    FunctionArn: functionArn(owner.scope, owner.name, arnQualifier),
    Runtime: configuration.runtime,
    Role: configuration.role,
    Handler: configuration.handler,
    CodeSize: code.zip.length,
    Description: configuration.description,
    Timeout: configuration.timeout,
    MemorySize: configuration.memory,
    LastModified: lambdaDate(version.modified),
    CodeSha256: code.sha256,
    Version: version.number,
    ...(configuration.deadLetter === '' ? {} : { DeadLetterConfig: { TargetArn: configuration.deadLetter } }),
    ...(Object.keys(configuration.environment).length === 0
      ? {}
      : { Environment: { Variables: configuration.environment } }),
    TracingConfig: { Mode: configuration.tracing },
    RevisionId: revisionOf(version, now),
    ...(configuration.layers.length === 0
      ? {}
      : { Layers: configuration.layers.map((Arn) => ({ Arn, CodeSize: 0 })) }),
    ...settlingJson(version, now),
    PackageType: 'Zip',
    Architectures: [configuration.architecture],
    EphemeralStorage: { Size: configuration.storage },
    SnapStart: {
      ApplyOn: configuration.snapStart,
      OptimizationStatus: isOptimized(version, now) ? 'On' : 'Off',
    },
    LoggingConfig: { LogFormat: 'Text', LogGroup: `/aws/lambda/${owner.name}` },
  };
}

const STATUS_MEMBERS = [
  'State',
  'StateReason',
  'StateReasonCode',
  'LastUpdateStatus',
  'LastUpdateStatusReason',
  'LastUpdateStatusReasonCode',
];

/** The same as the list operations answer it: without State and LastUpdateStatus. */
export function listedJson(owner: LambdaFunction, version: Version, now: number): JsonObject {
  const qualifier = version.number;
  const entries = Object.entries(configurationJson(owner, version, now, qualifier));
  return Object.fromEntries(entries.filter(([name]) => !STATUS_MEMBERS.includes(name)));
}

function settlingJson(version: Version, now: number): JsonObject {
  if (!isSettling(version, now)) return { State: 'Active', LastUpdateStatus: 'Successful' };
  const reason = 'The function is being created.';
  if (version.settling.kind === 'update') {
    return {
      State: 'Active',
      LastUpdateStatus: 'InProgress',
      LastUpdateStatusReason: reason,
      LastUpdateStatusReasonCode: 'Creating',
    };
  }
  return {
    State: 'Pending',
    StateReason: reason,
    StateReasonCode: 'Creating',
    LastUpdateStatus: version.number === '$LATEST' ? 'InProgress' : 'Successful',
  };
}

export function isOptimized(version: Version, now: number): boolean {
  const applies = version.configuration.snapStart === 'PublishedVersions' && version.number !== '$LATEST';
  return applies && !isSettling(version, now);
}

/** The weights in force: Lambda's own during a handover of provisioned concurrency, else what was asked for. */
export function weightsOf(alias: Alias, now: number): Readonly<Record<string, number>> {
  if (alias.handover !== undefined && now < alias.handover.until) return { [alias.handover.from]: 1 };
  return alias.weights;
}

export function aliasJson(owner: LambdaFunction, alias: Alias, now: number): JsonObject {
  const weights = weightsOf(alias, now);
  return {
    AliasArn: functionArn(owner.scope, owner.name, alias.name),
    Name: alias.name,
    FunctionVersion: alias.version,
    Description: alias.description,
    ...(Object.keys(weights).length === 0 ? {} : { RoutingConfig: { AdditionalVersionWeights: weights } }),
    RevisionId: alias.revision,
  };
}

/** Lambda's form of a time: `2026-03-03T20:05:00.000+0000`. */
export function lambdaDate(at: number): string {
  return new Date(at).toISOString().replace('Z', '+0000');
}
