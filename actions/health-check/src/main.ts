import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';

runOnRunner(contract, {
  async main({ inputs, log, clock, signal }) {
    const { checkHealth, healthOrderOf } = await import('@promo-actions/core/health');
    const { createFunctionInvoker } = await import('@promo-actions/gateways/aws-lambda');
    const { httpProbe } = await import('@promo-actions/gateways/probe');
    const ports = { invoker: createFunctionInvoker(), http: httpProbe() };
    const { report, executedVersion } = await checkHealth(healthOrderOf(inputs), ports, {
      clock,
      log,
      signal,
      timeout: inputs.timeout,
    });
    return { outputs: { executedVersion }, report };
  },
});
