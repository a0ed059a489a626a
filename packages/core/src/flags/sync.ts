import type { Finding } from '../gate/index.ts';
import { bringAll, createPace } from './bring-all.ts';
import { type Bringing, inEnvironment } from './bringing.ts';
import type { Flag, FlagPart } from './flag.ts';
import { openNotebook } from './notes.ts';
import type { SyncOrder } from './order.ts';
import { beyondPatching, differingParts, prerequisitesFirst, segmentsOf } from './parts.ts';
import type { FlagEnvironment } from './ports.ts';
import { type FlagsResult, findingOf, flagFinding, flagRefusal, resultOf } from './report.ts';
import { selectFlags } from './select.ts';
import type { Surroundings } from './surroundings.ts';
import { describeChange } from './words.ts';

/**
 * Brings the flags of one environment to what they are in another. Everything is read and checked before the first change;
 * every change is read again after it.
 */
export async function syncFlags(order: SyncOrder, around: Surroundings): Promise<FlagsResult> {
  const { source, target, parts, dryRun, project, subject } = order;
  const { system, clock, tell } = around;
  const environment = await system.environment(target);
  await system.environment(source);
  const selected = await selectFlags(order, around);
  const flags = prerequisitesFirst(
    selected.flags.map((flag) => ({
      key: flag.key,
      needs: inEnvironment(flag, source).settings.prerequisites.map((it) => it.flag),
      flag,
    })),
  ).map(({ flag }) => flag);

  const notebook = await openNotebook({ project, environment: target }, dryRun ? undefined : around.notes);
  const { earlier } = notebook;
  const told = { subject, project, target, flags: flags.map(({ key }) => key), earlier };
  const pace = createPace(clock, tell);
  const refusals: Finding[] = [...selected.findings];
  for (const [done, flag] of flags.entries()) {
    pace(() => `${done} of ${flags.length} flags checked …`);
    const refusal = await refusalOf(flag, order, around);
    if (refusal) refusals.push(refusal);
  }
  if (refusals.length > 0) return resultOf({ ...told, now: clock.now(), findings: refusals });
  if (dryRun) return wouldBe(flags, order, environment, clock.now());

  let method = order.method;
  const bringing: Bringing = {
    ...order,
    method: () => method,
    note: notebook.note,
    onNoCopy(why) {
      if (method === 'patch') return;
      method = 'patch';
      tell(`Copying is not allowed here (${why}); going on with semantic patches.`);
    },
    needsApproval: (flag) => needsApproval(flag, environment),
    wanted: (flag) => inEnvironment(flag, source).settings,
  };
  const open = flags.filter((flag) => changing(flag, order).length > 0);
  tell(
    `${flags.length} flags looked at in ${source}; ${open.length} differ in ${target} (${parts.join(', ')}).`,
  );
  const results = await bringAll(
    open.map((flag) => ({ flag, bringing })),
    order.wait,
    around,
  );
  const findings = flags.map((flag) =>
    findingOf(
      flag.key,
      target,
      open.includes(flag) ? results.get(flag.key) : { outcome: 'same' },
      `brought to what it is in ${source}`,
    ),
  );
  return resultOf({ ...told, now: clock.now(), findings, results });
}

export function needsApproval({ tags }: Flag, { approvals }: FlagEnvironment): boolean {
  if (typeof approvals === 'string') return approvals === 'all';
  return approvals.tags.some((tag) => tags.includes(tag));
}

function changing(flag: Flag, { source, target, parts }: SyncOrder): readonly FlagPart[] {
  return differingParts(inEnvironment(flag, source).settings, inEnvironment(flag, target).settings, parts);
}

/** Why a flag cannot be synced, seen before anything is changed. */
async function refusalOf(
  flag: Flag,
  order: SyncOrder,
  { system }: Surroundings,
): Promise<Finding | undefined> {
  const { key } = flag;
  const { source, target, method } = order;
  const wanted = inEnvironment(flag, source).settings;
  const parts = changing(flag, order);
  const impossible = method === 'patch' ? beyondPatching(wanted, parts) : undefined;
  if (impossible)
    return flagRefusal(key, {
      seen: impossible,
      limit: 'what a patch can bring about',
      message: `\`${key}\` cannot be patched: ${impossible}.`,
      remedy: 'Leave the part out by `exclude-parts`, or set `method: auto` where the plan allows copying.',
    });
  if (!parts.includes('rules')) return undefined;
  const missing: string[] = [];
  for (const segment of segmentsOf(wanted))
    if (!(await system.hasSegment(target, segment))) missing.push(segment);
  if (missing.length === 0) return undefined;
  const named = missing.map((segment) => `\`${segment}\``).join(', ');
  return flagRefusal(key, {
    seen: `no segment ${missing.join(', ')}`,
    limit: `segments that ${target} has`,
    message: `A rule of \`${key}\` in ${source} is for the segment ${named}, which ${target} does not have.`,
    remedy: `Make the segment in ${target}, or leave the rules out by \`exclude-parts: rules\`.`,
  });
}

function wouldBe(
  flags: readonly Flag[],
  order: SyncOrder,
  environment: FlagEnvironment,
  now: number,
): FlagsResult {
  const { source, target, project, subject } = order;
  const findings: Finding[] = [];
  const changes: (readonly [string, string])[] = [];
  for (const flag of flags) {
    const parts = changing(flag, order);
    const [before, after] = [target, source].map((it) => inEnvironment(flag, it).settings);
    const lines = before && after ? describeChange(flag, before, after, parts) : [];
    changes.push(...lines.map((line) => [flag.key, line] as const));
    const would = needsApproval(flag, environment)
      ? `Dry run: approval would be asked for the change of \`${flag.key}\` in ${target}.`
      : `Dry run: \`${flag.key}\` in ${target} would be changed.`;
    findings.push(
      lines.length === 0
        ? findingOf(flag.key, target, { outcome: 'same' }, '')
        : flagFinding(flag.key, 'pass', lines.join('; '), would),
    );
  }
  return resultOf({ subject, project, target, now, findings, flags: flags.map(({ key }) => key), changes });
}
