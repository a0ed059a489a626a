import { type Allowance, allowanceFor } from '../allowance/index.ts';
import { formatDuration } from '../clock/index.ts';
import { oneLine } from '../foreign-text/index.ts';
import type { Finding } from '../gate/index.ts';
import type { DriftFacts, InfrastructureFacts, PlanFacts, ResourceChange, StackFacts } from './facts.ts';
import { judgeStacks } from './stacks.ts';

export interface InfrastructureLimits {
  readonly destroy: 'refuse' | 'report';
  readonly drift: 'refuse' | 'report';
  readonly allow: readonly Allowance[];
  /** Milliseconds. */
  readonly maxAge?: number;
}

/** What the judging of several files shares. */
export interface Judging {
  readonly limits: InfrastructureLimits;
  readonly now: number;
  /** Change sets that are among the files. */
  readonly changeSets: ReadonlySet<string>;
  /** Takes note of the allowances that were needed. */
  readonly used: Set<Allowance>;
}

/** So many resources of one file are listed; all are counted. */
const listed = 20;

/** One finding for the file as a whole, then one for each resource that would be lost, drifted or is not seen. */
export function judgeInfrastructure(
  path: string,
  facts: InfrastructureFacts,
  judging: Judging,
): readonly Finding[] {
  if (facts.kind === 'plan') return judgePlan(path, facts, judging);
  if (facts.kind === 'stacks') return judgeStacks(path, facts satisfies StackFacts, judging.limits.drift);
  return judgeDrift(path, facts, judging);
}

function judgePlan(path: string, plan: PlanFacts, judging: Judging): readonly Finding[] {
  const lost = plan.changes.filter(isDestructive);
  const seen = counted(plan.changes);
  const judged = lost.map((change) => ({ change, finding: judgeLoss(path, change, judging) }));
  const refused = judged.filter(({ finding }) => finding.outcome === 'fail');
  const stops = refused.map(({ finding }) => finding);
  const allowed = judged.map(({ finding }) => finding).filter(({ outcome }) => outcome !== 'fail');
  const common = { check: 'plan', subject: path, seen };
  const told = `${path} (${plan.name})`;
  const whole: Finding = plan.broken
    ? {
        ...common,
        outcome: 'fail',
        limit: 'a whole plan',
        message: `${path} ${plan.broken}`,
        remedy: 'Mend what it failed on, and make the plan anew.',
      }
    : stops.length > 0
      ? {
          ...common,
          outcome: 'fail',
          limit: 'nothing deleted or replaced',
          message: `${told} ${losses(refused.map(({ change }) => change))}: ${seen}${stops.length > listed ? `; the first ${listed} are listed` : ''}.`,
          remedy:
            'Change the configuration so that they stay, or name each in `allow` with the reason, once its data is safe.',
        }
      : { ...common, outcome: 'pass', message: `${told}: ${seen}.` };
  return [
    whole,
    ...age(path, plan, judging),
    ...[...stops, ...allowed].slice(0, listed),
    ...unseen(path, plan, judging),
    ...drifted(path, plan.drifted, judging.limits),
  ];
}

/** So many are named at once. */
const named = 5;

/** `would destroy a.b, c.d and 3 more`: what is read first must name them. */
function losses(changes: readonly ResourceChange[]): string {
  const sure = changes.some(({ action }) => action === 'delete' || action === 'replace');
  const names = changes.slice(0, named).map(({ address }) => address);
  const left = changes.length - names.length;
  const all = left > 0 ? [...names, `${left} more`] : names;
  const last = all.pop() ?? '';
  return `${sure ? 'would' : 'may'} destroy ${all.length > 0 ? `${all.join(', ')} and ${last}` : last}`;
}

export function isDestructive({ action }: ResourceChange): boolean {
  return action === 'delete' || action === 'replace' || action === 'may-replace' || action === 'unseen';
}

const fates = {
  delete: 'would be deleted',
  replace: 'would be deleted and made anew',
  'may-replace': 'may be deleted and made anew',
  unseen: 'would be changed in a way that is not known here',
} as const;

function judgeLoss(path: string, change: ResourceChange, { limits, used }: Judging): Finding {
  const { address, action, because } = change;
  const fate = fates[action as keyof typeof fates];
  const common = { check: 'resource', subject: `${path}: ${address}`, seen: action, limit: 'kept' };
  const message = `${address} ${fate}${because ? `: ${because}` : ''}.`;
  const allowance = allowanceFor(address, limits.allow);
  if (allowance) {
    used.add(allowance);
    return { ...common, outcome: 'info', message: `${message} Allowed: ${oneLine(allowance.reason)}.` };
  }
  return { ...common, outcome: limits.destroy === 'refuse' ? 'fail' : 'info', message };
}

const order = ['create', 'update', 'replace', 'may-replace', 'delete', 'forget', 'unseen'] as const;
const words = {
  create: 'to create',
  update: 'to update',
  replace: 'to replace',
  'may-replace': 'to replace perhaps',
  delete: 'to delete',
  forget: 'to leave unmanaged',
  unseen: 'of an unknown kind',
} as const;

function counted(changes: readonly ResourceChange[]): string {
  const counts = order
    .map((action) => ({ action, count: changes.filter((change) => change.action === action).length }))
    .filter(({ count }) => count > 0)
    .map(({ action, count }) => `${count} ${words[action]}`);
  return counts.join(', ') || 'no change';
}

function age(path: string, { madeAt, name }: PlanFacts, { limits, now }: Judging): readonly Finding[] {
  const { maxAge } = limits;
  if (maxAge === undefined || !name.startsWith('Terraform')) return [];
  const limit = `at most ${formatDuration(maxAge)}`;
  const common = { check: 'age', subject: path, limit };
  if (madeAt === undefined)
    return [
      {
        ...common,
        outcome: 'hold',
        seen: 'not told',
        message: `${path} does not tell when the plan was made.`,
        remedy: 'Make it with Terraform 1.5 or newer, or leave `max-age` out.',
      },
    ];
  const seen = formatDuration(Math.max(0, now - madeAt));
  if (now - madeAt <= maxAge)
    return [{ ...common, outcome: 'pass', seen, message: `The plan is ${seen} old.` }];
  return [
    {
      ...common,
      outcome: 'fail',
      seen,
      message: `${path}: the plan is ${seen} old, and what it plans for may have changed since.`,
      remedy: 'Make it anew.',
    },
  ];
}

/** What is not in the file holds the gate. */
function unseen(path: string, plan: PlanFacts, { changeSets }: Judging): readonly Finding[] {
  const deferred = plan.deferred.map(
    (address): Finding => ({
      check: 'resource',
      outcome: 'hold',
      subject: `${path}: ${address}`,
      seen: 'left for later',
      limit: 'planned',
      message: `${path} leaves ${address} for a later plan, so what happens to it is not seen.`,
      remedy: 'Apply in two steps, each with a plan that is complete.',
    }),
  );
  const nested = (plan.changeSet?.nested ?? [])
    .filter(({ changeSet }) => changeSet === undefined || !changeSets.has(changeSet))
    .map(
      ({ address }): Finding => ({
        check: 'nested stack',
        outcome: 'hold',
        subject: `${path}: ${address}`,
        seen: 'not read',
        limit: 'read',
        message: `${path} changes the stack ${address}, and the change set of that stack is not among the files.`,
        remedy:
          'Create the change set with `--include-nested-stacks`, and write that of each nested stack, too.',
      }),
    );
  return [...deferred, ...nested].slice(0, listed);
}

function judgeDrift(path: string, { resources }: DriftFacts, { limits }: Judging): readonly Finding[] {
  const away = resources.filter(({ status }) => status === 'MODIFIED' || status === 'DELETED');
  const unknown = resources.filter(
    ({ status }) => status !== 'IN_SYNC' && !away.some((it) => it.status === status),
  );
  const seen = `${away.length} of ${resources.length} drifted`;
  const holds: readonly Finding[] =
    unknown.length > 0 && limits.drift === 'refuse'
      ? [
          {
            check: 'drift',
            outcome: 'hold',
            subject: path,
            seen: `${unknown.length} not known`,
            limit: 'none',
            message: `${path}: whether ${unknown[0]?.address ?? ''}${unknown.length > 1 ? ` and ${unknown.length - 1} more` : ''} drifted is not known (${unknown[0]?.status ?? ''}).`,
            remedy: 'Detect the drift of the stack again; some types of resources cannot be checked at all.',
          },
        ]
      : [];
  const drifts = drifted(
    path,
    away.map(({ address }) => address),
    limits,
  );
  const passed: Finding = {
    check: 'drift',
    outcome: 'pass',
    subject: path,
    seen,
    message: `${path}: ${seen}.`,
  };
  return [...(drifts.some(({ outcome }) => outcome === 'fail') ? [] : [passed]), ...drifts, ...holds];
}

function drifted(
  path: string,
  addresses: readonly string[],
  { drift }: InfrastructureLimits,
): readonly Finding[] {
  return addresses.slice(0, listed).map((address) => ({
    check: 'drift',
    outcome: drift === 'refuse' ? 'fail' : 'info',
    subject: `${path}: ${address}`,
    seen: 'drifted',
    limit: 'in sync',
    message: `${address} was changed by other hands.`,
    ...(drift === 'refuse'
      ? { remedy: 'Bring the change into the configuration, or undo it, and look again.' }
      : {}),
  }));
}
