import { OutsideError } from '../errors/index.ts';
import type { Finding } from '../gate/index.ts';
import { bringAll, type Errand } from './bring-all.ts';
import { type Bringing, inEnvironment } from './bringing.ts';
import { type Flag, flagParts } from './flag.ts';
import type { FlagsOrder } from './order.ts';
import { differingParts } from './parts.ts';
import { type FlagsResult, findingOf, flagFinding, flagRefusal, resultOf } from './report.ts';
import { type RestoreItem, type RestorePoint, restoredSettings } from './restore-point.ts';
import type { Surroundings } from './surroundings.ts';
import { needsApproval } from './sync.ts';
import { describeChange } from './words.ts';

export interface RestoreOrder extends FlagsOrder {
  readonly point: RestorePoint;
}

/**
 * Puts back what a sync changed, the last flag first. A flag that somebody changed since, in a part that the sync wrote, is
 * left alone and told: which of the two is meant, only people know.
 */
export async function restoreFlags(order: RestoreOrder, around: Surroundings): Promise<FlagsResult> {
  const { point, target, project, subject, dryRun } = order;
  const { system, clock } = around;
  const environment = await system.environment(target);
  const findings: Finding[] = [];
  const errands: Errand[] = [];
  const changes: (readonly [string, string])[] = [];
  for (const item of point.flags.toReversed()) {
    const flag = await system.flag(item.flag, [target]);
    const wrong = flag ? changedSince(flag, item, target) : gone(item.flag, project);
    if (wrong) findings.push(wrong);
    if (!flag || wrong) continue;
    const parts = flagParts.filter((part) => item.before[part] !== undefined);
    const { settings } = inEnvironment(flag, target);
    const wanted = wantedOf(flag, item, target);
    if (differingParts(settings, wanted, parts).length === 0)
      findings.push(findingOf(flag.key, target, { outcome: 'same' }, ''));
    else {
      const lines = describeChange(flag, settings, wanted, parts);
      changes.push(...lines.map((line) => [flag.key, line] as const));
      errands.push({ flag, bringing: bringing(item, parts) });
      if (dryRun) {
        const message = `Dry run: \`${flag.key}\` in ${target} would be put back.`;
        findings.push(flagFinding(flag.key, 'pass', lines.join('; '), message));
      }
    }
  }
  const told = { subject, project, target, flags: point.flags.map(({ flag }) => flag) };
  if (point.flags.length === 0) findings.push(nothing(target));
  if (dryRun) return resultOf({ ...told, now: clock.now(), findings, changes });
  const results = await bringAll(errands, order.wait, around);
  for (const { flag } of errands)
    findings.push(findingOf(flag.key, target, results.get(flag.key), 'put back'));
  return resultOf({ ...told, now: clock.now(), findings, results });

  function bringing(item: RestoreItem, parts: Bringing['parts']): Bringing {
    return {
      ...order,
      source: undefined,
      parts,
      method: () => 'patch',
      note: async () => {},
      onNoCopy: () => {},
      needsApproval: (flag) => needsApproval(flag, environment),
      wanted: (flag) => wantedOf(flag, item, target),
    };
  }
}

function wantedOf(flag: Flag, item: RestoreItem, target: string) {
  const restored = restoredSettings(item, inEnvironment(flag, target).settings);
  if ('wanted' in restored) return restored.wanted;
  throw new OutsideError({
    what: `Flag \`${flag.key}\` was changed by others just now`,
    why: `its ${restored.changedSince.join(', ')} is neither what the sync made of it nor what it was before`,
    remedy: 'Look who changed it, and put it back by hand if that is meant.',
  });
}

function changedSince(flag: Flag, item: RestoreItem, target: string): Finding | undefined {
  const { settings, url } = inEnvironment(flag, target);
  const restored = restoredSettings(item, settings);
  if ('wanted' in restored) return undefined;
  const parts = restored.changedSince.join(', ');
  return flagRefusal(flag.key, {
    seen: `changed since: ${parts}`,
    limit: 'as the sync left it',
    message: `\`${flag.key}\` in ${target} was changed by somebody since the sync, in ${parts}, and was left alone.`,
    remedy: `Look at ${url} who changed it, and put it back by hand if that is meant.`,
  });
}

function gone(key: string, project: string): Finding {
  return flagRefusal(key, {
    seen: 'not there',
    limit: 'as the sync left it',
    message: `There is no flag \`${key}\` in ${project} any more.`,
    remedy: 'Look who deleted it in the audit log of LaunchDarkly.',
  });
}

function nothing(target: string): Finding {
  return { check: 'flags', outcome: 'pass', seen: 'none', message: `The sync changed no flag in ${target}.` };
}
