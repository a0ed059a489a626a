import { randomUUID } from 'node:crypto';
import { formatInstant } from '@promo-actions/core/clock';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';

const claimState = 'claim';

runOnRunner(contract, {
  async main({ inputs, log, clock, signal, context, saveState }) {
    const { changeLock, describeHolder, renderLock } = await import('@promo-actions/core/lock');
    const { awsClock } = await import('@promo-actions/gateways/aws');
    const { createLockStore } = await import('@promo-actions/gateways/aws-lock');
    const { environment = '', service = '', operation, lease: length, force, dryRun } = inputs;
    const { fencingToken: token = 0, reason = context.workflow } = inputs;
    const claim = {
      environment,
      service,
      holder: { ...context, reason },
      claim: randomUUID(),
      length,
      force,
    };
    if (operation === 'acquire' && inputs.post === 'release' && !dryRun) saveState(claimState, claim.claim);
    const order =
      operation === 'acquire' ? { operation, claim, dryRun } : { operation, claim, token, dryRun };
    const outcome = await changeLock(order, createLockStore(inputs.table), {
      clock: awsClock(clock),
      log,
      signal,
      wait: inputs.wait,
    });
    log.info(outcome.sentence);
    const { lease, changed } = outcome;
    const held = lease && !lease.released ? lease : undefined;
    return {
      outputs: {
        fencingToken: lease?.token,
        holder: held && describeHolder(held.holder),
        acquiredAt: held && formatInstant(held.acquiredAt),
        expiresAt: held && formatInstant(held.expiresAt),
        table: inputs.table,
        changed,
      },
      summary: renderLock(outcome),
    };
  },

  async post({ inputs, log, state }) {
    const claim = state(claimState);
    if (!claim) return;
    const { describePlace, releaseLock } = await import('@promo-actions/core/lock');
    const { createLockStore } = await import('@promo-actions/gateways/aws-lock');
    const { environment = '', service = '', table } = inputs;
    const place = { environment, service };
    const { released } = await releaseLock(place, { claim }, createLockStore(table));
    log.info(released ? `Released ${describePlace(place)}.` : 'The lock was not this step’s; left as it is.');
  },
});
