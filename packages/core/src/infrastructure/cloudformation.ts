import * as v from 'valibot';
import { oneLine } from '../foreign-text/index.ts';
import { shaped, Unreadable } from '../reports/index.ts';
import type { ChangeAction, DriftFacts, PlanFacts, ResourceChange, StackFacts } from './facts.ts';

const resourceChangeSchema = v.looseObject({
  Action: v.string(),
  LogicalResourceId: v.string(),
  ResourceType: v.optional(v.string(), ''),
  Replacement: v.optional(v.string()),
  PolicyAction: v.optional(v.string()),
  ChangeSetId: v.optional(v.string()),
  Details: v.optional(
    v.array(
      v.looseObject({
        Target: v.optional(
          v.looseObject({
            Attribute: v.optional(v.string()),
            Name: v.optional(v.string()),
            RequiresRecreation: v.optional(v.string()),
          }),
        ),
      }),
    ),
    [],
  ),
});
type Change = v.InferOutput<typeof resourceChangeSchema>;
const changeSetSchema = v.looseObject({
  ChangeSetId: v.string(),
  StackName: v.string(),
  Status: v.string(),
  StatusReason: v.optional(v.string(), ''),
  Changes: v.optional(v.array(v.looseObject({ ResourceChange: v.optional(resourceChangeSchema) })), []),
});
const stacksSchema = v.looseObject({
  Stacks: v.array(
    v.looseObject({
      StackName: v.string(),
      StackStatus: v.string(),
      StackStatusReason: v.optional(v.string()),
      DriftInformation: v.optional(v.looseObject({ StackDriftStatus: v.string() })),
    }),
  ),
});
const driftsSchema = v.looseObject({
  StackResourceDrifts: v.array(
    v.looseObject({ LogicalResourceId: v.string(), StackResourceDriftStatus: v.string() }),
  ),
});

/** Reads what the AWS CLI says of change sets, stacks and drift; undefined when it is none of them. @throws Unreadable */
export function readCloudFormation(
  fields: Readonly<Record<string, unknown>>,
): PlanFacts | StackFacts | DriftFacts | undefined {
  const read =
    'ChangeSetId' in fields
      ? readChangeSet
      : Array.isArray(fields.Stacks)
        ? readStacks
        : Array.isArray(fields.StackResourceDrifts)
          ? readDrifts
          : undefined;
  if (read && typeof fields.NextToken === 'string')
    throw new Unreadable('is one page of several. Write it without `--no-paginate` and `--max-items`.');
  return read?.(fields);
}

function readChangeSet(value: unknown): PlanFacts {
  const set = shaped(changeSetSchema, value, 'a change set of CloudFormation');
  const changes = set.Changes.flatMap(({ ResourceChange }) => (ResourceChange ? [ResourceChange] : []));
  const nothing = set.Status === 'FAILED' && /didn't contain changes|No updates/.test(set.StatusReason);
  const reason = set.StatusReason ? ` (${oneLine(set.StatusReason)})` : '';
  return {
    kind: 'plan',
    name: `change set of ${oneLine(set.StackName)}`,
    changes: changes.map(changeOf),
    drifted: [],
    deferred: [],
    changeSet: {
      id: set.ChangeSetId,
      nested: changes
        .filter(
          ({ ResourceType, Action }) => ResourceType === 'AWS::CloudFormation::Stack' && Action === 'Modify',
        )
        .map((change) => ({ address: oneLine(change.LogicalResourceId), changeSet: change.ChangeSetId })),
    },
    ...(set.Status === 'CREATE_COMPLETE' || nothing
      ? {}
      : { broken: `is a change set whose status is ${oneLine(set.Status)}${reason}.` }),
  };
}

function changeOf(change: Change): ResourceChange {
  const action = actionOf(change);
  const because = reasonOf(change, action);
  return {
    address: oneLine(change.LogicalResourceId),
    action,
    ...(because === undefined ? {} : { because }),
  };
}

function actionOf({ Action, Replacement, PolicyAction }: Change): ChangeAction {
  const retained = PolicyAction === 'Retain' || PolicyAction === 'ReplaceAndRetain';
  if (Action === 'Add' || Action === 'Import') return 'create';
  if (Action === 'Remove') return retained ? 'forget' : 'delete';
  if (Action !== 'Modify') return 'unseen';
  if (retained && Replacement !== 'False') return 'forget';
  if (Replacement === 'True') return 'replace';
  if (Replacement === 'Conditional') return 'may-replace';
  return Replacement === 'False' ? 'update' : 'unseen';
}

function reasonOf({ Action, Details }: Change, action: ChangeAction): string | undefined {
  if (action === 'unseen') return `its action is ${oneLine(Action)}`;
  if (action !== 'replace' && action !== 'may-replace') return undefined;
  const names = Details.map(({ Target }) => Target)
    .filter((target) => target?.RequiresRecreation && target.RequiresRecreation !== 'Never')
    .map((target) => oneLine(target?.Name ?? target?.Attribute ?? 'an attribute'));
  const distinct = [...new Set(names)].slice(0, 3).join(', ');
  return distinct ? `${distinct} cannot be changed in place` : undefined;
}

function readStacks(value: unknown): StackFacts {
  const { Stacks } = shaped(stacksSchema, value, 'an answer of describe-stacks');
  if (Stacks.length === 0) throw new Unreadable('names no stack.');
  return {
    kind: 'stacks',
    stacks: Stacks.map(({ StackName, StackStatus, StackStatusReason, DriftInformation }) => ({
      name: oneLine(StackName),
      status: oneLine(StackStatus),
      ...(StackStatusReason ? { reason: oneLine(StackStatusReason) } : {}),
      ...(DriftInformation ? { drift: oneLine(DriftInformation.StackDriftStatus) } : {}),
    })),
  };
}

function readDrifts(value: unknown): DriftFacts {
  const { StackResourceDrifts } = shaped(driftsSchema, value, 'an answer of describe-stack-resource-drifts');
  if (StackResourceDrifts.length === 0)
    throw new Unreadable(
      'names no resource: the drift of the stack was not detected yet. Run `aws cloudformation detect-stack-drift` first.',
    );
  return {
    kind: 'drift',
    resources: StackResourceDrifts.map(({ LogicalResourceId, StackResourceDriftStatus }) => ({
      address: oneLine(LogicalResourceId),
      status: oneLine(StackResourceDriftStatus),
    })),
  };
}
