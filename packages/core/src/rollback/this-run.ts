import { type Attributes, type DeploymentRecord, recordOf } from '../deployment/index.ts';
import { OutsideError } from '../errors/index.ts';
import type { Alias } from '../lambda/index.ts';
import { ofRun } from './backup.ts';

/** The target that means: where the present workflow run, in whichever of its attempts, found the alias. */
export const beforeThisRun = 'before-this-run';

/** What there is to undo of a workflow run at one alias. */
export type OwnWork =
  | { readonly kind: 'undo'; readonly version: string; readonly because: string }
  /** Nothing; `succeeded` when that is because the records call its deployment a success. */
  | { readonly kind: 'nothing'; readonly why: string; readonly succeeded: boolean };

/**
 * Finds the version that the run's backup alias keeps: it was stable before the run changed anything. A run that has
 * recorded its success is not undone: it is over, whatever becomes of it afterwards. Where the records cannot be read
 * the undoing goes on.
 * @param records of the service in the environment, newest first; undefined when there are none to ask.
 */
export async function findOwnWork(
  alias: Alias,
  aliases: readonly Alias[],
  runId: string,
  records: AsyncIterable<Attributes> | undefined,
): Promise<OwnWork> {
  const backup = ofRun('backup', alias.name, runId, aliases);
  if (!backup)
    return {
      kind: 'nothing',
      why: 'this run has no backup of it, so it has changed nothing',
      succeeded: false,
    };
  const success = records ? await successOf(runId, records) : undefined;
  if (success instanceof OutsideError) {
    const because = `\`${backup.name}\` keeps it; whether this run had succeeded could not be read (${success.message})`;
    return { kind: 'undo', version: backup.version, because };
  }
  if (success)
    return {
      kind: 'nothing',
      why: `record \`${success.id}\` says that this run has succeeded`,
      succeeded: true,
    };
  return { kind: 'undo', version: backup.version, because: `\`${backup.name}\`, made by this run, keeps it` };
}

/** The newest of the run's records that says how it ended, when that is a success. */
async function successOf(
  runId: string,
  records: AsyncIterable<Attributes>,
): Promise<DeploymentRecord | OutsideError | undefined> {
  try {
    for await (const item of records) {
      const record = recordOf(item);
      if (record?.run.id !== runId || record.status === 'rolled-back') return undefined;
      if (record.status === 'succeeded' && record.action !== 'config') return record;
    }
    return undefined;
  } catch (error) {
    if (error instanceof OutsideError) return error;
    throw error;
  }
}
