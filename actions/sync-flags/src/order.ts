import type { InputValues, RunContext } from '@promo-actions/core/action';
import { type FlagsOrder, partsToSync, type RestoreOrder, type SyncOrder } from '@promo-actions/core/flags';
import type { contract } from './contract.ts';

type Inputs = InputValues<typeof contract.inputs>;

/** What both operations need, of inputs that were checked. */
export function orderOf(inputs: Inputs, { repository, runUrl }: RunContext): FlagsOrder {
  const { environment, service, version, project, wait, dryRun } = inputs;
  const target = inputs.targetEnvironment ?? environment ?? '';
  const what =
    inputs.operation === 'restore'
      ? `Put back in ${target}`
      : `Sync from ${inputs.sourceEnvironment} to ${target}`;
  const release = [service ?? repository, version].filter(Boolean).join(' ');
  return {
    subject: {
      ...(environment ? { environment } : {}),
      ...(service ? { service } : {}),
      ...(version ? { version } : {}),
    },
    project,
    target,
    wait,
    dryRun,
    comment: `${what}: ${release}, ${runUrl}`,
    notified: { members: inputs.notifyMembers ?? [], teams: inputs.notifyTeams ?? [] },
  };
}

export function syncOf(inputs: Inputs): Omit<SyncOrder, keyof FlagsOrder> {
  return {
    source: inputs.sourceEnvironment ?? '',
    flags: inputs.flags ?? [],
    tags: inputs.tags ?? [],
    exclude: inputs.excludeFlags ?? [],
    parts: partsToSync(inputs.includeParts, inputs.excludeParts),
    method: inputs.method,
    withoutFlags: inputs.noFlags,
  };
}

export function restoreOf(inputs: Inputs): Omit<RestoreOrder, keyof FlagsOrder> {
  return { point: inputs.restorePoint ?? { project: '', environment: '', flags: [] } };
}
