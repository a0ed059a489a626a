import { table } from '@promo-actions/core/action';
import { fencedAliases } from '@promo-actions/core/lock';
import { fenceOf } from '@promo-actions/gateways/fence';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';

const intentState = 'intent';

runOnRunner(contract, {
  async main({ inputs, log, clock, signal, saveState }) {
    const { requestOf, shift } = await import('@promo-actions/core/rollout');
    const { createAliasStore, createFunctionStore } = await import('@promo-actions/gateways/aws-lambda');
    const order = {
      functionName: inputs.function,
      alias: inputs.alias,
      request: requestOf(inputs),
      dryRun: inputs.dryRun,
      onIntent: (intent: unknown) => {
        if (inputs.post === 'abort') saveState(intentState, JSON.stringify(intent));
      },
    };
    const aliases = fencedAliases(createAliasStore(), fenceOf(inputs));
    const ports = { aliases, functions: createFunctionStore() };
    const { after, changed, sentence } = await shift(order, ports, {
      clock,
      log,
      signal,
      timeout: inputs.timeout,
    });
    log.info(sentence);
    const { stableVersion, canary, revisionId } = after;
    const shares = [['stable', stableVersion, `${100 - (canary?.weight ?? 0)}%`]];
    if (canary) shares.push(['canary', canary.version, `${canary.weight}%`]);
    return {
      outputs: {
        stableVersion,
        canaryVersion: canary?.version,
        weight: canary?.weight ?? 0,
        revisionId,
        changed,
      },
      summary: `### Canary shift\n\n${sentence}\n\n${table(['', 'Version', 'Requests'], shares)}`,
    };
  },

  async post({ inputs, log, clock, state }) {
    const intent = state(intentState);
    if (!intent) return;
    const { parseIntent, undoShift } = await import('@promo-actions/core/rollout');
    const { createAliasStore } = await import('@promo-actions/gateways/aws-lambda');
    const done = await undoShift(parseIntent(intent), createAliasStore(), {
      clock,
      log,
      timeout: inputs.timeout,
    });
    log.notice(done);
  },
});
