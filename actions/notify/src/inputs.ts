import type { InputValues, RunContext } from '@promo-actions/core/action';
import { type Notice, noticeFields } from '@promo-actions/core/notice';
import type { contract } from './contract.ts';

export const channelNames: readonly string[] = ['slack', 'pagerduty', 'sns'];
export const fieldsSchema = noticeFields;

type Inputs = InputValues<typeof contract.inputs>;

export function noticeOf(inputs: Inputs, context: RunContext, at: number): Notice {
  const { environment, service, version, fromVersion, reason, ticket, message, fields = {} } = inputs;
  const url = inputs.linkUrl ?? context.runUrl;
  return {
    occasion: inputs.on,
    repository: context.repository,
    actor: context.actor,
    environment,
    service,
    version,
    fromVersion,
    reason,
    ticket,
    message,
    fields,
    links: [[inputs.linkTitle, url]],
    at,
  };
}
