import {
  type FunctionConfiguration,
  GetFunctionCommand,
  GetFunctionConfigurationCommand,
  GetProvisionedConcurrencyConfigCommand,
  ListVersionsByFunctionCommand,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
} from '@aws-sdk/client-lambda';
import { OutsideError } from '@promo-actions/core/errors';
import type { CodeSource, FunctionStore, FunctionVersion } from '@promo-actions/core/lambda';
import { type LambdaOptions, lambdaCall, lambdaClient } from './client.ts';
import { downloadPackage } from './download.ts';

/** Lambda's functions, their versions and code. */
export function createFunctionStore(options: LambdaOptions = {}): FunctionStore {
  const client = lambdaClient(options);

  function getFunction(functionName: string, qualifier: string, what: string) {
    return lambdaCall({ functionName, operation: 'GetFunction', what }, () =>
      client.send(new GetFunctionCommand({ FunctionName: functionName, Qualifier: qualifier })),
    );
  }

  function configuration(functionName: string, qualifier: string | undefined) {
    const name = qualifier ? `${functionName}:${qualifier}` : functionName;
    return lambdaCall(
      { functionName, operation: 'GetFunctionConfiguration', what: `function \`${name}\` could not be read` },
      () =>
        client.send(
          new GetFunctionConfigurationCommand({ FunctionName: functionName, Qualifier: qualifier }),
        ),
      (code) => (code === 'ResourceNotFoundException' && qualifier ? ('absent' as const) : undefined),
    );
  }

  return {
    async describe(functionName, qualifier) {
      const answer = await configuration(functionName, qualifier);
      if (answer === 'absent') {
        await configuration(functionName, undefined);
        return undefined;
      }
      return versionOf(functionName, answer);
    },

    async versions(functionName) {
      const found: FunctionVersion[] = [];
      let marker: string | undefined;
      do {
        const page = await lambdaCall(
          {
            functionName,
            operation: 'ListVersionsByFunction',
            what: `the versions of \`${functionName}\` could not be listed`,
          },
          () =>
            client.send(new ListVersionsByFunctionCommand({ FunctionName: functionName, Marker: marker })),
        );
        found.push(...(page.Versions ?? []).map((version) => versionOf(functionName, version)));
        marker = page.NextMarker;
      } while (marker);
      return found
        .filter(({ version }) => version !== '$LATEST')
        .sort((a, b) => Number(a.version) - Number(b.version));
    },

    async download(functionName, qualifier) {
      const what = `the package of \`${functionName}:${qualifier}\` could not be fetched`;
      return downloadPackage(what, async () => {
        const { Code, Configuration } = await getFunction(functionName, qualifier, what);
        if (!Code?.Location || Configuration?.PackageType === 'Image') {
          throw new OutsideError({
            what,
            why: 'the function is made from a container image',
            remedy: 'Promote its image by digest: give `image-uri` of this function to deploy-lambda',
          });
        }
        return { location: Code.Location, codeSha256: Configuration?.CodeSha256 ?? '' };
      });
    },

    async image(functionName, version) {
      const what = `the image of \`${functionName}:${version}\` could not be read`;
      const { Code } = await getFunction(functionName, version, what);
      const uri = Code?.ResolvedImageUri ?? Code?.ImageUri;
      if (uri) return uri;
      throw new OutsideError({ what, remedy: 'Give `package` or `s3` to deploy-lambda: it has no image' });
    },

    async updateCode(functionName, source) {
      const answer = await lambdaCall(
        {
          functionName,
          operation: 'UpdateFunctionCode',
          what: `the code of \`${functionName}\` could not be updated${source.kind === 's3' ? ` from s3://${source.bucket}/${source.key}` : ''}`,
        },
        () => client.send(new UpdateFunctionCodeCommand({ FunctionName: functionName, ...codeOf(source) })),
        busy,
      );
      return answer === 'busy' ? answer : versionOf(functionName, answer);
    },

    async publish(functionName, codeSha256, description) {
      const answer = await lambdaCall(
        {
          functionName,
          operation: 'PublishVersion',
          what: `a version of \`${functionName}\` could not be published`,
        },
        () =>
          client.send(
            new PublishVersionCommand({
              FunctionName: functionName,
              CodeSha256: codeSha256,
              Description: description,
            }),
          ),
        (code, error) => {
          const replaced = code === 'PreconditionFailedException' || /CodeSha256/i.test(error.message);
          return busy(code) ?? (replaced ? ('replaced' as const) : undefined);
        },
      );
      return typeof answer === 'string' ? answer : versionOf(functionName, answer);
    },

    async hasProvisionedConcurrency(functionName, qualifier) {
      const answer = await lambdaCall(
        {
          functionName,
          operation: 'GetProvisionedConcurrencyConfig',
          what: `the provisioned concurrency of \`${functionName}:${qualifier}\` could not be read`,
        },
        () =>
          client.send(
            new GetProvisionedConcurrencyConfigCommand({ FunctionName: functionName, Qualifier: qualifier }),
          ),
        (code) =>
          code === 'ProvisionedConcurrencyConfigNotFoundException' || code === 'ResourceNotFoundException'
            ? 'none'
            : undefined,
      );
      return answer !== 'none';
    },
  };
}

function busy(code: string | undefined): 'busy' | undefined {
  return code === 'ResourceConflictException' ? 'busy' : undefined;
}

function codeOf(source: CodeSource) {
  if (source.kind === 'zip') return { ZipFile: source.bytes };
  if (source.kind === 'image') return { ImageUri: source.uri };
  return { S3Bucket: source.bucket, S3Key: source.key, S3ObjectVersion: source.objectVersion };
}

function versionOf(functionName: string, answer: FunctionConfiguration): FunctionVersion {
  const { SnapStart } = answer;
  return {
    functionName,
    version: answer.Version ?? '',
    codeSha256: answer.CodeSha256 ?? '',
    codeSize: answer.CodeSize ?? 0,
    description: answer.Description ?? '',
    role: answer.Role ?? '',
    state: answer.State ?? '',
    lastUpdateStatus: answer.LastUpdateStatus ?? '',
    lastModified: Date.parse(answer.LastModified ?? '') || 0,
    packageType: answer.PackageType === 'Image' ? 'Image' : 'Zip',
    timeout: (answer.Timeout ?? 3) * 1_000,
    revisionId: answer.RevisionId ?? '',
    ...(answer.DeadLetterConfig?.TargetArn ? { deadLetterTarget: answer.DeadLetterConfig.TargetArn } : {}),
    ...(answer.StateReason ? { stateReason: answer.StateReason } : {}),
    ...(answer.LastUpdateStatusReason ? { lastUpdateReason: answer.LastUpdateStatusReason } : {}),
    ...(SnapStart?.ApplyOn === 'PublishedVersions'
      ? { snapStart: { optimized: SnapStart.OptimizationStatus === 'On' } }
      : {}),
  };
}
