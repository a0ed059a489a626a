import { table } from '@promo-actions/core/action';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';

runOnRunner(contract, {
  async main({ inputs, log, clock, signal }) {
    const { deploy, readCode } = await import('@promo-actions/core/artifact');
    const { createFunctionStore } = await import('@promo-actions/gateways/aws-lambda');
    const { packageFiles } = await import('@promo-actions/gateways/package-files');
    const code = await readCode(inputs, packageFiles());
    const order = {
      functionName: inputs.function,
      ...code,
      description: inputs.description ?? '',
      dryRun: inputs.dryRun,
    };
    const outcome = await deploy(order, createFunctionStore(), {
      clock,
      log,
      signal,
      timeout: inputs.timeout,
    });
    const { version, codeSha256, changed, sentence } = outcome;
    log.info(sentence);
    return {
      outputs: { function: inputs.function, version, codeSha256, changed },
      summary: `### Deployment\n\n${sentence}\n\n${table(['Version', 'Description', 'CodeSha256'], [[version, order.description, codeSha256]])}`,
    };
  },
});
