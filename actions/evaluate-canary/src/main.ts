import { chartOf, evaluateCanary, judgeNamed, limitsOf, summaryOf } from '@promo-actions/core/analysis';
import { subjectOf } from '@promo-actions/core/gate';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';

runOnRunner(contract, {
  async main({ inputs, clock: machine, log, signal }) {
    const { awsClock } = await import('@promo-actions/gateways/aws');
    const lambda = await import('@promo-actions/gateways/aws-lambda');
    const cloudwatch = await import('@promo-actions/gateways/aws-metrics');
    const clock = awsClock(machine);
    const window = Math.ceil(inputs.window / 60_000);
    const report = await evaluateCanary(
      {
        subject: subjectOf({ environment: inputs.environment, service: inputs.service }),
        functionName: inputs.function,
        alias: inputs.alias,
        canaryVersion: inputs.canaryVersion,
        stableVersion: inputs.stableVersion,
        judgeName: inputs.judge,
        judge: judgeNamed(inputs.judge, { ...limitsOf(inputs), window }),
        objective: inputs.maxP95Ms,
        window,
        maxWindow: inputs.onHold === 'extend' ? Math.ceil(inputs.maxWindow / 60_000) : window,
        interval: inputs.interval,
        warmup: inputs.warmup,
        alarms: inputs.alarms ?? [],
        watched: inputs.metrics ?? [],
        healthPayload: inputs.healthPayload,
      },
      {
        clock,
        metrics: cloudwatch.createMetricSource(),
        alarms: cloudwatch.createAlarmSource(),
        aliases: lambda.createAliasStore(),
        functions: lambda.createFunctionStore(),
        invoker: lambda.createFunctionInvoker(),
      },
      log.info,
      signal,
    );
    const { verdict, reasons, canaryVersion, stableVersion } = report;
    return {
      outputs: { verdict, reasons: reasons.join('\n'), chart: chartOf(report), canaryVersion, stableVersion },
      summary: summaryOf(report),
      report,
      holdAccepted: inputs.onHold === 'pass',
    };
  },
});
