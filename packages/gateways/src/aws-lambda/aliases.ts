import {
  type AliasConfiguration,
  CreateAliasCommand,
  DeleteAliasCommand,
  GetAliasCommand,
  GetFunctionConfigurationCommand,
  ListAliasesCommand,
  UpdateAliasCommand,
} from '@aws-sdk/client-lambda';
import { OutsideError } from '@promo-actions/core/errors';
import type { Alias, AliasChange, AliasStore } from '@promo-actions/core/lambda';
import { type LambdaOptions, lambdaCall, lambdaClient } from './client.ts';

/** Lambda's aliases. Every update carries the revision that was last read and says the whole routing. */
export function createAliasStore(options: LambdaOptions = {}): AliasStore {
  const client = lambdaClient(options);

  async function find(functionName: string, name: string): Promise<Alias | undefined> {
    const what = `alias \`${name}\` of \`${functionName}\` could not be read`;
    const answer = await lambdaCall(
      { functionName, operation: 'GetAlias', what },
      () => client.send(new GetAliasCommand({ FunctionName: functionName, Name: name })),
      (code, error) =>
        code === 'ResourceNotFoundException'
          ? { missing: /^cannot find alias/i.test(error.message) ? 'alias' : 'either' }
          : undefined,
    );
    if (!('missing' in answer)) return aliasOf(functionName, answer);
    if (answer.missing === 'either') await confirmFunction(functionName, what);
    return undefined;
  }

  async function confirmFunction(functionName: string, what: string): Promise<void> {
    await lambdaCall({ functionName, operation: 'GetFunctionConfiguration', what }, () =>
      client.send(new GetFunctionConfigurationCommand({ FunctionName: functionName })),
    );
  }

  return {
    find,

    async list(functionName) {
      const found: Alias[] = [];
      let marker: string | undefined;
      do {
        const page = await lambdaCall(
          {
            functionName,
            operation: 'ListAliases',
            what: `the aliases of \`${functionName}\` could not be listed`,
          },
          () => client.send(new ListAliasesCommand({ FunctionName: functionName, Marker: marker })),
        );
        found.push(...(page.Aliases ?? []).map((alias) => aliasOf(functionName, alias)));
        marker = page.NextMarker;
      } while (marker);
      return found;
    },

    async create(functionName, name, version, description) {
      const answer = await lambdaCall(
        {
          functionName,
          operation: 'CreateAlias',
          what: `alias \`${name}\` of \`${functionName}\` could not be created at version ${version}`,
        },
        () =>
          client.send(
            new CreateAliasCommand({
              FunctionName: functionName,
              Name: name,
              FunctionVersion: version,
              Description: description,
            }),
          ),
        (code) => (code === 'ResourceConflictException' ? ('exists' as const) : undefined),
      );
      return answer === 'exists' ? answer : aliasOf(functionName, answer);
    },

    async update(lastRead, change) {
      const { functionName, name } = lastRead;
      const answer = await lambdaCall(
        {
          functionName,
          operation: 'UpdateAlias',
          what: `alias \`${name}\` of \`${functionName}\` could not be changed`,
        },
        () => client.send(new UpdateAliasCommand(updateOf(lastRead, change))),
        (code) => (code === 'PreconditionFailedException' ? ('moved' as const) : undefined),
      );
      return answer === 'moved' ? answer : aliasOf(functionName, answer);
    },

    async remove(functionName, name) {
      await lambdaCall(
        {
          functionName,
          operation: 'DeleteAlias',
          what: `alias \`${name}\` of \`${functionName}\` could not be removed`,
        },
        () => client.send(new DeleteAliasCommand({ FunctionName: functionName, Name: name })),
        (code) => (code === 'ResourceNotFoundException' ? 'gone' : undefined),
      );
    },
  };
}

function updateOf(lastRead: Alias, change: AliasChange) {
  const weights = change.canary ? { [change.canary.version]: shareOf(change.canary.weight) } : {};
  return {
    FunctionName: lastRead.functionName,
    Name: lastRead.name,
    FunctionVersion: change.stableVersion,
    RoutingConfig: { AdditionalVersionWeights: weights },
    RevisionId: lastRead.revisionId,
    ...(change.description === undefined ? {} : { Description: change.description }),
  };
}

/** @throws OutsideError where more than one additional version carries weight, which Lambda's rules exclude. */
function aliasOf(functionName: string, answer: AliasConfiguration): Alias {
  const name = answer.Name ?? '';
  const weights = Object.entries(answer.RoutingConfig?.AdditionalVersionWeights ?? {});
  if (weights.length > 1) {
    throw new OutsideError({
      what: `alias \`${name}\` of \`${functionName}\` routes to ${weights.length} additional versions: ${weights.map(([version]) => version).join(', ')}`,
      remedy: `Clear its weights with \`aws lambda update-alias --function-name ${functionName} --name ${name} --routing-config AdditionalVersionWeights={}\``,
    });
  }
  const [canary] = weights;
  return {
    functionName,
    name,
    stableVersion: answer.FunctionVersion ?? '',
    description: answer.Description ?? '',
    revisionId: answer.RevisionId ?? '',
    ...(canary ? { canary: { version: canary[0], weight: percentOf(canary[1]) } } : {}),
  };
}

/** Percent to Lambda's share of 0.0 to 1.0 and back, without the noise of binary fractions. */
function shareOf(percent: number): number {
  return Number((percent / 100).toFixed(8));
}

function percentOf(share: number): number {
  return Number((share * 100).toFixed(6));
}
