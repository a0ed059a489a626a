import type { InputValues, RunContext } from '@promo-actions/core/action';
import type { Operation, Promotion } from '@promo-actions/core/change';
import type { contract } from './contract.ts';

type Inputs = InputValues<typeof contract.inputs>;

/** The operation that the inputs ask for; what it needs was checked with them. */
export function operationOf(inputs: Inputs, { runUrl }: RunContext): Operation {
  const { operation, ticket = '' } = inputs;
  const promotion = [inputs.service, inputs.version].filter(Boolean).join(' ') || 'a release';
  const to = inputs.environment ? ` to ${inputs.environment}` : '';
  switch (operation) {
    case 'verify': {
      const { approvedStatuses, requireJsmApproval: requireApproval, respectSchedule: schedule } = inputs;
      return { operation, ticket, approvedStatuses, requireApproval, schedule };
    }
    case 'comment':
      return { operation, ticket, text: inputs.comment ?? '' };
    case 'transition':
      return { operation, ticket, to: inputs.transitionTo ?? '' };
    case 'link': {
      const title = inputs.linkTitle ?? `Promotion of ${promotion}${to}`;
      return { operation, ticket, url: inputs.linkUrl ?? runUrl, title };
    }
    case 'create':
      return {
        operation,
        project: inputs.project ?? '',
        type: inputs.issueType,
        title: inputs.title ?? `Promote ${promotion}${to}`,
        description: inputs.description ?? `Made by the promotion itself: ${runUrl}`,
        fields: inputs.fields ?? {},
      };
  }
}

export function promotionOf(inputs: Inputs, { repository, runId }: RunContext): Promotion {
  const { environment, service, version, key } = inputs;
  return { repository, runId, environment, service, version, key };
}
