import type { InputValues, RunContext } from '@promo-actions/core/action';
import { gatesInShort, type Notice, whatGatesFound } from '@promo-actions/core/notice';
import type { contract } from './contract.ts';

type Inputs = InputValues<typeof contract.inputs>;

/** What is told, of inputs that were checked. */
export function noticeOf(inputs: Inputs, context: RunContext, at: number): Notice {
  const { environment, service, version, fromVersion, reason, ticket, gates = [] } = inputs;
  const url = inputs.linkUrl ?? context.runUrl;
  const decided = gatesInShort(gates);
  const message = [inputs.message, ...whatGatesFound(gates)].filter(Boolean).join('\n');
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
    message: message || undefined,
    fields: { ...(decided ? { Gates: decided } : {}), ...inputs.fields },
    links: [[inputs.linkTitle, url]],
    at,
  };
}
