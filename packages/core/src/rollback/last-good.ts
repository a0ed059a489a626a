import { type Attributes, type DeploymentRecord, recordOf } from '../deployment/index.ts';
import { keptFor } from './names.ts';
import { type Destination, leftBy, type Surroundings } from './target.ts';

/**
 * The version that the records call good: that of the newest deployment that succeeded, without the version that is
 * left now and without those that an incident alias has kept as bad since. Where the alias was rolled back before (a
 * record or an incident alias says so) it stays where it is, so that a second rollback does not go further, or back.
 * @param records of the service in the environment, newest first; no more of them is read than needed.
 */
export async function findLastGood(
  records: AsyncIterable<Attributes>,
  around: Surroundings,
): Promise<Destination> {
  const { alias, aliases } = around;
  const left = leftBy(alias);
  const incidents = keptFor('incident', alias.name, aliases);
  let rolledBack = false;
  for await (const item of records) {
    const record = recordOf(item);
    if (record?.status !== 'succeeded' || record.action === 'config') continue;
    const version = versionOf(record, around);
    if (version === undefined) continue;
    const because = `${record.toVersion ?? version} is the last good release by the record of ${record.timestamp}`;
    if (version === left) {
      if (rolledBack || record.action === 'rollback') return { kind: 'version', version, because };
      continue;
    }
    const succeeded = Date.parse(record.timestamp);
    const isBad = incidents.some((kept) => kept.version === version && !(kept.at < succeeded));
    if (!isBad) return { kind: 'version', version, because };
    rolledBack = true;
  }
  return {
    kind: 'unknown',
    why: 'no record tells of a deployment that succeeded with another version that is still there',
    remedy: 'Give `previous`, a backup alias, or a version as `target`',
  };
}

/** The function's version in a record: by its components, else the newest published under the release's name. */
function versionOf(record: DeploymentRecord, { alias, versions }: Surroundings): string | undefined {
  const name = alias.functionName.split(':').at(-1);
  const component = record.components.find((each) => each.name === alias.functionName || each.name === name);
  const version =
    component?.version ??
    (record.toVersion === undefined
      ? undefined
      : versions.findLast(({ description }) => description === record.toVersion)?.version);
  return versions.some((known) => known.version === version) ? version : undefined;
}
