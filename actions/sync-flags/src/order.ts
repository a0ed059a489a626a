import type { InputValues, RunContext } from '@promo-actions/core/action';
import {
  type FlagNotes,
  type FlagsOrder,
  partsToSync,
  type RestoreOrder,
  type SyncOrder,
} from '@promo-actions/core/flags';
import { subjectOf } from '@promo-actions/core/gate';
import type { contract } from './contract.ts';

type Inputs = InputValues<typeof contract.inputs>;

/** What both operations need, of inputs that were checked. */
export function orderOf(inputs: Inputs, { repository, runUrl }: RunContext): FlagsOrder {
  const { environment, service, version, project, wait, dryRun } = inputs;
  const target = targetOf(inputs);
  const what =
    inputs.operation === 'restore'
      ? `Put back in ${target}`
      : `Sync from ${inputs.sourceEnvironment} to ${target}`;
  const release = [service ?? repository, version].filter(Boolean).join(' ');
  return {
    subject: subjectOf({ environment, service, version }),
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

/** What is put back: what was given, else what this run noted down, else nothing. */
export async function restoreOf(
  inputs: Inputs,
  notes: FlagNotes | undefined,
): Promise<Omit<RestoreOrder, keyof FlagsOrder>> {
  const point = inputs.restorePoint ?? (await notes?.read());
  return { point: point ?? { project: inputs.project, environment: targetOf(inputs), flags: [] } };
}

/** What keeps, where it outlives the runner, what flags were before they were changed. */
export async function notesOf(
  inputs: Inputs,
  { repository, runId, runUrl, actor }: RunContext,
): Promise<FlagNotes | undefined> {
  const { table, project, service } = inputs;
  if (!table) return undefined;
  const { createFlagNotes } = await import('@promo-actions/gateways/aws-flags');
  const place = { table, project, environment: targetOf(inputs), owner: service ?? repository };
  return createFlagNotes({ ...place, run: runId, runUrl, actor });
}

function targetOf({ targetEnvironment, environment = '' }: Inputs): string {
  return targetEnvironment ?? environment;
}
