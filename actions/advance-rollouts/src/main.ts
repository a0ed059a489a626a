import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';

runOnRunner(contract, {
  async main({ inputs, log, clock: machine, signal, context }) {
    const { advanceResult, advanceRollouts } = await import('@promo-actions/core/rollout');
    const { awsClock } = await import('@promo-actions/gateways/aws');
    const lambda = await import('@promo-actions/gateways/aws-lambda');
    const cloudwatch = await import('@promo-actions/gateways/aws-metrics');
    const clock = awsClock(machine);
    const { httpProbe } = await import('@promo-actions/gateways/probe');
    const { recordEnd } = await import('./record.ts');
    const { createRolloutStore } = await import('@promo-actions/gateways/aws-rollouts');
    const all = await advanceRollouts(
      {
        holder: { owner: `${context.repository} run ${context.runId}, job ${context.job}`, lease: 300_000 },
        environment: inputs.environment,
        undo: inputs.undo ?? [],
        whenJobDied: inputs.whenJobDied,
        dryRun: inputs.dryRun,
      },
      {
        clock,
        aliases: lambda.createAliasStore(),
        functions: lambda.createFunctionStore(),
        invoker: lambda.createFunctionInvoker(),
        metrics: cloudwatch.createMetricSource(),
        alarms: cloudwatch.createAlarmSource(),
        http: httpProbe(),
        store: createRolloutStore(inputs.table),
        ended: recordEnd(inputs, context, clock, log.info),
      },
      { clock, log, signal, timeout: 120_000 },
    );
    return advanceResult(all, clock.now());
  },
});
