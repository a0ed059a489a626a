import type { InputValues, RunContext } from '@promo-actions/core/action';
import { type PromoteOrder, type RestoreOrder, readPaths } from '@promo-actions/core/configuration';
import type { contract } from './contract.ts';

type Inputs = InputValues<typeof contract.inputs>;

export function restoreOrder(inputs: Inputs, context: Pick<RunContext, 'runId'>): RestoreOrder {
  const { environment = '', service = '', promotion = context.runId, dryRun } = inputs;
  return { environment, service, promotion, dryRun };
}

export function promoteOrder(
  inputs: Inputs,
  context: Pick<RunContext, 'runId' | 'runUrl' | 'actor' | 'repository'>,
): PromoteOrder {
  const { include, exclude, sourceEnvironment, keyId, rules = [] } = inputs;
  const project = inputs.project ?? context.repository.split('/').at(-1);
  const crosses = Boolean(inputs.sourceRole ?? inputs.sourceRegion);
  return {
    ...restoreOrder(inputs, context),
    runUrl: context.runUrl,
    actor: context.actor,
    sourceEnvironment,
    pairs: readPaths(inputs.paths, { ...inputs, project }, crosses).pairs,
    selection: { include, exclude },
    rules,
    keyId,
    mayTakeOver: inputs.takeOver || inputs.fencingToken !== undefined,
  };
}
