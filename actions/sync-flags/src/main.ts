import { renderChanges, restoreFlags, syncFlags } from '@promo-actions/core/flags';
import { fenceOf } from '@promo-actions/gateways/fence';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';
import { notesOf, orderOf, restoreOf, syncOf } from './order.ts';

runOnRunner(contract, {
  async main({ inputs, log, clock, context, signal }) {
    const { createFlagSystem, createLaunchDarkly } = await import('@promo-actions/gateways/launchdarkly');
    const { baseUrl, token, project, operation, dryRun } = inputs;
    // What puts back goes on where the run is cancelled: nothing after it would put back what is left.
    const heeded = operation === 'restore' ? new AbortController().signal : signal;
    const launchDarkly = createLaunchDarkly({ baseUrl, token, clock, signal: heeded, onRetry: log.info });
    const system = createFlagSystem(launchDarkly, project);
    const notes = await notesOf(inputs, context);
    const around = { system, fence: fenceOf(inputs), notes, clock, signal: heeded, tell: log.info };
    const order = orderOf(inputs, context);
    const result =
      operation === 'restore'
        ? await restoreFlags({ ...order, ...(await restoreOf(inputs, notes)) }, around)
        : await syncFlags({ ...order, ...syncOf(inputs) }, around);
    return {
      outputs: {
        changed: result.changed.length > 0,
        flags: result.flags.join('\n'),
        changedFlags: result.changed.join('\n'),
        waitingFlags: result.waiting.join('\n'),
        approvalLinks: result.links.join('\n'),
        restorePoint: JSON.stringify(result.restorePoint),
      },
      summary: renderChanges(result, dryRun),
      report: result.report,
    };
  },
});
