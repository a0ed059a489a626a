import { fencedAliases } from '@promo-actions/core/lock';
import { fenceOf } from '@promo-actions/gateways/fence';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';

const intentState = 'intent';

runOnRunner(contract, {
  async main({ inputs, log, clock: machine, signal, context, saveState }) {
    const { resultOf, rollOut } = await import('@promo-actions/core/rollout');
    const { awsClock } = await import('@promo-actions/gateways/aws');
    const lambda = await import('@promo-actions/gateways/aws-lambda');
    const cloudwatch = await import('@promo-actions/gateways/aws-metrics');
    const clock = awsClock(machine);
    const { httpProbe } = await import('@promo-actions/gateways/probe');
    const { orderOf } = await import('./order.ts');
    const order = orderOf(inputs, context, (intent) => {
      if (inputs.post === 'abort') saveState(intentState, JSON.stringify(intent));
    });
    const lock = fenceOf(inputs);
    const ports = {
      clock,
      lock,
      aliases: fencedAliases(lambda.createAliasStore(), lock),
      functions: lambda.createFunctionStore(),
      invoker: lambda.createFunctionInvoker(),
      metrics: cloudwatch.createMetricSource(),
      alarms: cloudwatch.createAlarmSource(),
      http: httpProbe(),
      ...(inputs.table ? { store: await storeIn(inputs.table) } : {}),
    };
    const answer = await rollOut(order, ports, { clock, log, signal, timeout: 120_000 });
    log.info(answer.sentence);
    return resultOf(answer, order, clock.now());
  },

  async post({ log, clock, state }) {
    const intent = state(intentState);
    if (!intent) return;
    const { parseIntent, undoShift } = await import('@promo-actions/core/rollout');
    const { createAliasStore } = await import('@promo-actions/gateways/aws-lambda');
    const done = await undoShift(parseIntent(intent), createAliasStore(), { clock, log, timeout: 120_000 });
    log.notice(done);
  },
});

async function storeIn(table: string) {
  const { createRolloutStore } = await import('@promo-actions/gateways/aws-rollouts');
  return createRolloutStore(table);
}
