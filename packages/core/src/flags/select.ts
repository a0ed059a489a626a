import type { Finding } from '../gate/index.ts';
import { createPace } from './bring-all.ts';
import type { Flag } from './flag.ts';
import type { SyncOrder } from './order.ts';
import { flagRefusal } from './report.ts';
import type { Surroundings } from './surroundings.ts';

/** The flags that are named or tagged, less the excluded ones, as they are in both environments; and what is wrong with the choice. */
export async function selectFlags(
  { flags: named, tags, exclude, source, target, project, withoutFlags }: SyncOrder,
  { system, clock, tell }: Surroundings,
): Promise<{ readonly flags: readonly Flag[]; readonly findings: readonly Finding[] }> {
  const keys = new Set(named);
  for (const tag of tags) for (const key of await system.tagged(tag)) keys.add(key);
  for (const key of exclude) keys.delete(key);
  if (keys.size === 0) return { flags: [], findings: [nothing(tags, project, withoutFlags)] };

  const flags: Flag[] = [];
  const findings: Finding[] = [];
  const pace = createPace(clock, tell);
  for (const key of keys) {
    pace(() => `${flags.length} of ${keys.size} flags read …`);
    const flag = await system.flag(key, [source, target]);
    const wrong = flag ? judge(flag, [source, target]) : absent(key, project);
    if (wrong) findings.push(wrong);
    else if (flag) flags.push(flag);
  }
  return { flags, findings };
}

function nothing(tags: readonly string[], project: string, otherwise: 'fail' | 'pass'): Finding {
  const because =
    tags.length > 0
      ? `no flag of ${project} carries ${tags.map((tag) => `\`${tag}\``).join(' or ')}`
      : 'all are excluded';
  return {
    check: 'flags',
    outcome: otherwise,
    seen: 'none',
    message: `There is no flag to sync: ${because}.`,
    ...(otherwise === 'fail'
      ? {
          limit: 'a flag',
          remedy: 'Check `tags` and `exclude-flags`; when a release may have no flags, set `no-flags: pass`.',
        }
      : {}),
  };
}

function absent(key: string, project: string): Finding {
  return flagRefusal(key, {
    seen: 'not there',
    limit: 'a flag of the project',
    message: `There is no flag \`${key}\` in ${project}, or the token may not view it.`,
    remedy: 'Check the key, which is not the name, and `project`.',
  });
}

function judge({ key, archived, environments }: Flag, wanted: readonly string[]): Finding | undefined {
  if (archived)
    return flagRefusal(key, {
      seen: 'archived',
      limit: 'a live flag',
      message: `\`${key}\` is archived.`,
      remedy: 'Leave it out of `flags`, or bring it back in LaunchDarkly.',
    });
  const unseen = wanted.filter((environment) => !environments[environment]);
  if (unseen.length === 0) return undefined;
  return flagRefusal(key, {
    seen: 'not seen',
    limit: 'its settings in both environments',
    message: `\`${key}\` came without its settings in ${unseen.join(' and ')}.`,
    remedy: 'Let the role of the token view these environments.',
  });
}
