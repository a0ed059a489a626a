import type { RunContext } from '@promo-actions/core/action';
import { formatInstant } from '@promo-actions/core/clock';
import {
  type DeploymentAction,
  type DeploymentStatus,
  parameterPrefix,
  type RecordOrder,
} from '@promo-actions/core/deployment';
import type { GateReport } from '@promo-actions/core/gate';

interface Inputs {
  readonly environment?: string | undefined;
  readonly service?: string | undefined;
  readonly action: DeploymentAction;
  readonly status: DeploymentStatus;
  readonly fromVersion?: string | undefined;
  readonly toVersion?: string | undefined;
  readonly reason?: string | undefined;
  readonly ticket?: string | undefined;
  readonly components?: readonly string[] | undefined;
  readonly gates?: readonly GateReport[] | undefined;
  readonly deploymentId?: string | undefined;
  readonly parameters: boolean;
  readonly ssmPrefix: string;
  readonly project?: string | undefined;
  readonly ref?: string | undefined;
  readonly dryRun: boolean;
}

/** The parameter path that the inputs amount to; undefined when it is none. */
export function prefixOf(
  inputs: Pick<Partial<Inputs>, 'ssmPrefix' | 'project' | 'environment' | 'service'>,
  repositoryName: string,
): string | undefined {
  const { ssmPrefix = '', project = repositoryName, environment = '', service = '' } = inputs;
  return parameterPrefix(ssmPrefix, { project, environment, service });
}

/** What is to be recorded, from the inputs and the run. */
export function recordOrder(inputs: Inputs, context: RunContext, now: number): RecordOrder {
  const { environment = '', service = '', action, status, fromVersion, toVersion, reason, ticket } = inputs;
  const { repository, runId, runAttempt, runUrl, actor, sha } = context;
  const run = `${runId}-${runAttempt}`;
  const ownId = [environment, service, action, run].map(encodeURIComponent).join('/');
  const prefix = inputs.parameters ? prefixOf(inputs, repository.split('/').at(-1) ?? '') : undefined;
  return {
    draft: {
      environment,
      service,
      deployment: inputs.deploymentId ?? ownId,
      timestamp: formatInstant(now),
      action,
      status,
      ...(fromVersion ? { fromVersion } : {}),
      ...(toVersion ? { toVersion } : {}),
      ...(reason ? { reason } : {}),
      ...(ticket ? { ticket } : {}),
      actor,
      run: { repository, id: runId, attempt: runAttempt, url: runUrl },
      gates: inputs.gates ?? [],
      components: (inputs.components ?? []).map((component) => {
        const [name = '', version = ''] = component.split('=');
        return { name, version };
      }),
    },
    ...(prefix ? { prefix } : {}),
    ref: inputs.ref ?? sha,
    dryRun: inputs.dryRun,
  };
}
