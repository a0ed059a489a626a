import { subjectOf } from '@promo-actions/core/gate';
import { apiTarget, checkStability, loadBalancerTarget } from '@promo-actions/core/stability';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';

runOnRunner(contract, {
  async main({ inputs, clock }) {
    const { createAlarmSource, createMetricSource } = await import('@promo-actions/gateways/aws-metrics');
    const { createAliasStore, createFunctionStore } = await import('@promo-actions/gateways/aws-lambda');
    const { environment, service, expectedVersion } = inputs;
    const report = await checkStability(
      {
        subject: subjectOf({ environment, service, version: expectedVersion }),
        functions: inputs.functions ?? [],
        alias: inputs.alias,
        targets: [
          ...(inputs.loadBalancer ?? []).map(loadBalancerTarget),
          ...(inputs.api ?? []).flatMap((api) => apiTarget(api) ?? []),
        ],
        queues: inputs.queues ?? [],
        alarmPrefixes: inputs.alarmPrefix ?? [],
        watched: inputs.metrics ?? [],
        lookback: inputs.lookback,
        traffic: {
          maxErrors: inputs.maxErrors,
          maxErrorRate: inputs.maxErrorRate,
          maxThrottles: inputs.maxThrottles,
          maxP95: inputs.maxP95Ms,
          noTraffic: inputs.noTraffic,
        },
        deployment: {
          minAge: inputs.minAge || undefined,
          expectedVersion,
          expectedCodeSha256: inputs.expectedCodeSha256,
        },
        maxQueueDepth: inputs.maxDlqMessages,
      },
      {
        clock,
        metrics: createMetricSource(),
        alarms: createAlarmSource(),
        aliases: createAliasStore(),
        functions: createFunctionStore(),
      },
    );
    return { outputs: {}, report };
  },
});
