import { changeGate } from '@promo-actions/core/change';
import { formatInstant } from '@promo-actions/core/clock';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';
import { operationOf, promotionOf } from './request.ts';

runOnRunner(contract, {
  async main({ inputs, log, clock, context, signal }) {
    const { createJira, createTicketSystem } = await import('@promo-actions/gateways/jira');
    const { user, token, baseUrl, cloudId } = inputs;
    const address = cloudId ? { cloudId } : { baseUrl: baseUrl ?? '' };
    const jira = createJira({ address, user, token, clock, signal, onRetry: log.info });
    const { report, ticket, changed, plannedStart, plannedEnd } = await changeGate(
      operationOf(inputs, context),
      promotionOf(inputs, context),
      { start: inputs.plannedStartField, end: inputs.plannedEndField },
      inputs.dryRun,
      createTicketSystem(jira),
      clock,
    );
    return {
      outputs: {
        ticket: ticket?.key ?? inputs.ticket,
        status: ticket?.status.name,
        url: ticket?.url,
        changed,
        plannedStart: plannedStart === undefined ? undefined : formatInstant(plannedStart),
        plannedEnd: plannedEnd === undefined ? undefined : formatInstant(plannedEnd),
      },
      report,
    };
  },
});
