import * as v from 'valibot';
import { parseInstant } from '../clock/index.ts';
import { oneLine } from '../foreign-text/index.ts';
import { shaped, Unreadable } from '../reports/index.ts';
import type { ChangeAction, PlanFacts, ResourceChange } from './facts.ts';

const changeSchema = v.looseObject({
  address: v.string(),
  mode: v.optional(v.string(), 'managed'),
  deposed: v.optional(v.string()),
  change: v.looseObject({
    actions: v.array(v.string()),
    replace_paths: v.optional(v.array(v.array(v.union([v.string(), v.number()]))), []),
  }),
  action_reason: v.optional(v.string()),
});
const planSchema = v.looseObject({
  format_version: v.string(),
  terraform_version: v.optional(v.string()),
  planned_values: v.looseObject({}),
  resource_changes: v.nullish(v.array(changeSchema)),
  resource_drift: v.nullish(v.array(changeSchema)),
  deferred_changes: v.nullish(v.array(v.looseObject({ resource_change: changeSchema }))),
  timestamp: v.optional(v.string()),
  complete: v.optional(v.boolean(), true),
  errored: v.optional(v.boolean(), false),
});
type Change = v.InferOutput<typeof changeSchema>;

export function isTerraform(fields: Readonly<Record<string, unknown>>): boolean {
  return (
    'format_version' in fields ||
    'terraform_version' in fields ||
    ('@level' in fields && '@message' in fields)
  );
}

/** Reads `terraform show -json` of a plan, format 1. @throws Unreadable also for a state or a log in its place */
export function readTerraform(value: Readonly<Record<string, unknown>>): PlanFacts {
  if ('@level' in value)
    throw new Unreadable(
      'is the log that `terraform plan -json` writes. Keep the plan with `-out`, and write it with `terraform show -json <plan>`.',
    );
  const format = value.format_version;
  if (format === undefined || (!('planned_values' in value) && 'values' in value))
    throw new Unreadable(
      'is a state of Terraform, not a plan. Keep the plan with `-out`, and write it with `terraform show -json <plan>`.',
    );
  if (typeof format !== 'string' || !/^1\.\d+$/.test(format))
    throw new Unreadable(
      `is a plan of format ${oneLine(String(format))}; format 1 is known here. Use a version of promo-actions that knows it.`,
    );
  const plan = shaped(planSchema, value, `a Terraform plan of format ${format}`);
  const madeAt = plan.timestamp === undefined ? undefined : parseInstant(plan.timestamp);
  return {
    kind: 'plan',
    name: `Terraform plan${plan.terraform_version ? `, ${oneLine(plan.terraform_version)}` : ''}`,
    changes: managed(plan.resource_changes).flatMap(changeOf),
    drifted: managed(plan.resource_drift)
      .filter(({ change }) => change.actions.some((action) => action !== 'no-op'))
      .map(({ address }) => oneLine(address)),
    deferred: [
      ...(plan.deferred_changes ?? []).map((deferred) => oneLine(deferred.resource_change.address)),
      ...(plan.complete || plan.deferred_changes?.length ? [] : ['what it does not name']),
    ],
    ...(madeAt === undefined ? {} : { madeAt }),
    ...(plan.errored ? { broken: 'is a plan that ended in an error, so not all changes are in it.' } : {}),
  };
}

function managed(changes: readonly Change[] | null | undefined): readonly Change[] {
  return (changes ?? []).filter(({ mode }) => mode !== 'data' && mode !== 'ephemeral');
}

const actions: Readonly<Record<string, ChangeAction | 'none'>> = {
  'no-op': 'none',
  read: 'none',
  create: 'create',
  update: 'update',
  delete: 'delete',
  'delete create': 'replace',
  'create delete': 'replace',
  forget: 'forget',
  'create forget': 'forget',
};

function changeOf({ address, deposed, change, action_reason }: Change): readonly ResourceChange[] {
  const action = actions[change.actions.join(' ')] ?? 'unseen';
  if (action === 'none') return [];
  const because = reasonOf(change, action_reason, action);
  return [
    {
      address: oneLine(deposed === undefined ? address : `${address} (deposed ${deposed})`),
      action,
      ...(because === undefined ? {} : { because }),
    },
  ];
}

const reasons: Readonly<Record<string, string>> = {
  replace_because_tainted: 'it is tainted',
  replace_by_request: 'it was asked for with -replace',
  replace_by_triggers: 'replace_triggered_by says so',
  delete_because_no_resource_config: 'it is no longer in the configuration',
  delete_because_no_module: 'its module is no longer in the configuration',
  delete_because_wrong_repetition: 'count or for_each was added or taken away',
  delete_because_count_index: 'count is smaller',
  delete_because_each_key: 'its key is no longer in for_each',
  delete_because_no_move_target: 'it was moved to what is not in the configuration',
};

function reasonOf(
  { actions: named, replace_paths }: Change['change'],
  reason: string | undefined,
  action: ChangeAction,
): string | undefined {
  if (action === 'unseen') return `its actions are ${oneLine(named.join(', ')) || 'not told'}`;
  if (reason === 'replace_because_cannot_update' && replace_paths.length > 0) {
    const paths = replace_paths.slice(0, 3).map((path) => oneLine(path.join('.')));
    return `${paths.join(', ')}${replace_paths.length > 3 ? ' and more' : ''} cannot be changed in place`;
  }
  return reason === undefined ? undefined : (reasons[reason] ?? oneLine(reason.replaceAll('_', ' ')));
}
