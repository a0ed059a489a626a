import { fencedAliases } from '@promo-actions/core/lock';
import { fenceOf } from '@promo-actions/gateways/fence';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';

runOnRunner(contract, {
  async main({ inputs, log, clock: machine, signal, context, readFile }) {
    const core = await import('@promo-actions/core/rollback');
    const { awsClock } = await import('@promo-actions/gateways/aws');
    const lambda = await import('@promo-actions/gateways/aws-lambda');
    const clock = awsClock(machine);
    const { target, reason, incidentAlias, dryRun, timeout } = inputs;
    const order = {
      places: core.scopeOf(inputs, await readFile(inputs.policy)),
      target,
      onlyFrom: inputs.onlyFrom,
      reason,
      runId: context.runId,
      safetyDelay: inputs.force ? 0 : inputs.safetyDelay,
      incidentAlias,
      dryRun,
    };
    const asksRecords =
      target === 'last-good' || (target === core.beforeThisRun && inputs.table !== undefined);
    // What undoes its own run goes on where that is cancelled: nothing after it would undo what is left.
    const heeded = target === core.beforeThisRun ? new AbortController().signal : signal;
    const patience = { clock, log, signal: heeded, timeout };
    const verify =
      inputs.verify && inputs.healthPayload !== undefined
        ? core.verifyByInvoking(inputs.healthPayload, lambda.createFunctionInvoker(), { clock, log, timeout })
        : core.trustTheAlias;
    const ports = {
      aliases: fencedAliases(lambda.createAliasStore(), fenceOf(inputs)),
      functions: lambda.createFunctionStore(),
      ...(asksRecords ? { history: await recordsOf(inputs.table, inputs.environment) } : {}),
    };
    const { summary, failure, ...outputs } = core.reportRollback(
      order,
      await core.rollback(order, ports, verify, patience),
    );
    return { outputs, summary, ...(failure ? { failure } : {}) };
  },
});

/** The records of each service in an environment, newest first. */
async function recordsOf(table = '', environment = '') {
  const { history } = await import('@promo-actions/core/deployment');
  const { createRecordStore } = await import('@promo-actions/gateways/aws-records');
  const store = createRecordStore(table);
  return (service: string) => history(store, { environment, service });
}
