import { type Attributes, recordOf, tellsNoChange } from '../deployment/index.ts';
import { OutsideError } from '../errors/index.ts';
import { answersTo } from '../lambda/index.ts';
import { ofRun } from './backup.ts';
import type { Surroundings } from './target.ts';
import type { OwnWork } from './this-run.ts';

/** How long a release that no record calls a success serves until it is taken for good, as where a recovery finished its rollout. */
const longEnough = 24 * 60 * 60_000;

/**
 * Where a run found its own release deployed by one that had died of it, or failed and left it, not long before, the
 * records call neither a success: undoing returns to what the first of them had found.
 * @param records of the service in the environment, newest first.
 */
export async function beyondDeadRuns(
  own: OwnWork,
  around: Surroundings,
  records: AsyncIterable<Attributes> | undefined,
): Promise<OwnWork> {
  if (own.kind === 'nothing' || !records) return own;
  try {
    return (await foundFirst(own.version, around, records)) ?? own;
  } catch (error) {
    if (error instanceof OutsideError) return own;
    throw error;
  }
}

async function foundFirst(
  found: string,
  { alias, aliases, versions, runId }: Surroundings,
  records: AsyncIterable<Attributes>,
): Promise<OwnWork | undefined> {
  let release: string | undefined;
  let first: OwnWork | undefined;
  let begun = Number.NaN;
  for await (const item of records) {
    const record = recordOf(item);
    if (!record) break;
    if (record.action === 'config') continue;
    const own = record.run.id === runId;
    const noChange = tellsNoChange(record);
    if (release === undefined) {
      if (noChange && !own) continue;
      const { toVersion = '' } = record;
      const carried = versions.find(({ version }) => version === found);
      if (!own || !carried || !answersTo(carried, toVersion)) return undefined;
      release = toVersion;
    }
    const elsewhere = record.toVersion !== release;
    if (own) begun = Date.parse(record.timestamp);
    if (own || (elsewhere && noChange)) continue;
    if (elsewhere || record.status === 'rolled-back') break;
    if (record.status === 'succeeded') return undefined;
    const backup = ofRun('backup', alias.name, record.run.id, aliases);
    const longAgo = begun - Date.parse(record.timestamp) > longEnough;
    if (backup && backup.version !== found && !longAgo) {
      const because = `\`${backup.name}\` keeps it, made by run ${record.run.id}, which left ${release} without a success in the records`;
      first = { kind: 'undo', version: backup.version, because };
    }
  }
  return first;
}
