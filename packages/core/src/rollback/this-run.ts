import { type Attributes, type DeploymentRecord, recordOf, tellsNoChange } from '../deployment/index.ts';
import { OutsideError } from '../errors/index.ts';
import { answersTo, type FunctionVersion } from '../lambda/index.ts';
import { ofRun } from './backup.ts';
import type { Surroundings } from './target.ts';

/** The target that means: where the present workflow run, in whichever of its attempts, found the alias. */
export const beforeThisRun = 'before-this-run';

/** What there is to undo of a workflow run at one alias. */
export type OwnWork =
  | { readonly kind: 'undo'; readonly version: string; readonly because: string }
  /** Nothing; `succeeded` when that is because the records call its deployment a success. */
  | { readonly kind: 'nothing'; readonly why: string; readonly succeeded: boolean };

/**
 * Finds the version that the run's backup alias keeps: it was stable before the run changed anything. There is nothing
 * to undo where the records say that the run has succeeded, for then it is over whatever becomes of it afterwards; where
 * another run came after it; and where the alias carries no version of its release any more. Where the records cannot be
 * read the undoing goes on.
 * @param records of the service in the environment, newest first; undefined when there are none to ask.
 * @param deployed the version that the run knows it has deployed, where the alias carries it; it is the release whatever
 * name it was published under.
 */
export async function findOwnWork(
  { alias, aliases, versions, runId }: Surroundings,
  records: AsyncIterable<Attributes> | undefined,
  deployed?: string,
): Promise<OwnWork> {
  const nothing = (why: string, succeeded = false): OwnWork => ({ kind: 'nothing', why, succeeded });
  const backup = ofRun('backup', alias.name, runId, aliases);
  if (!backup) return nothing('this run has no backup of it, so it has changed nothing');
  const undo = (because: string): OwnWork => ({ kind: 'undo', version: backup.version, because });
  if (!records) return undo(`\`${backup.name}\`, made by this run, keeps it`);
  const told = await tellOf(runId, records);
  if (told instanceof OutsideError)
    return undo(`\`${backup.name}\` keeps it; what this run had done could not be read (${told.message})`);
  if (told === undefined)
    return nothing('this run has recorded no deployment, so it has sent no request to one');
  const { newest, success } = told;
  if (newest.run.id !== runId)
    return nothing(`record \`${newest.id}\` says that another run came after this one`);
  if (success) return nothing(`record \`${success.id}\` says that this run has succeeded`, true);
  const carried = [alias.stableVersion, alias.canary?.version];
  const release = newest.toVersion;
  if (release !== undefined && deployed === undefined && !carries(release, carried, versions))
    return nothing(`it carries no version of ${release}`);
  return undo(`\`${backup.name}\`, made by this run, keeps it`);
}

/** The newest record, and the run's success where the newest of its records that tell an end is one. */
interface Told {
  readonly newest: DeploymentRecord;
  readonly success?: DeploymentRecord;
}

/**
 * A failure of another run that tells of no change, such as of one that did not get the lock, is passed over: where it had
 * begun, its start stands before. What a recovery undid of this run is told as the end of this run's deployment.
 */
async function tellOf(
  runId: string,
  records: AsyncIterable<Attributes>,
): Promise<Told | OutsideError | undefined> {
  let newest: DeploymentRecord | undefined;
  let undone: DeploymentRecord | undefined;
  try {
    for await (const item of records) {
      const record = recordOf(item);
      if (!record) break;
      const own = record.run.id === runId;
      if (!newest && !own && tellsNoChange(record)) continue;
      if (!newest && !own && !undone && record.status === 'rolled-back') {
        undone = record;
        continue;
      }
      if (undone && undone.deployment !== record.deployment) return { newest: undone };
      newest ??= record;
      if (!own || undone || record.status === 'rolled-back') break;
      if (record.status === 'succeeded' && record.action !== 'config') return { newest, success: record };
    }
    return newest && { newest };
  } catch (error) {
    if (error instanceof OutsideError) return error;
    throw error;
  }
}

/**
 * Where no version is described as the release, it may be one that was published under another name: Lambda publishes code
 * and configuration once.
 */
function carries(
  release: string,
  carried: readonly (string | undefined)[],
  versions: readonly FunctionVersion[],
): boolean {
  const released = versions.filter((version) => answersTo(version, release));
  return released.length === 0 || released.some(({ version }) => carried.includes(version));
}
