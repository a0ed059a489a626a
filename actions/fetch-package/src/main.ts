import { table } from '@promo-actions/core/action';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';

runOnRunner(contract, {
  async main({ inputs, log }) {
    const { describePackage, fetchPackage, fetchOrderOf } = await import('@promo-actions/core/artifact');
    const { createFunctionStore } = await import('@promo-actions/gateways/aws-lambda');
    const { packageFiles } = await import('@promo-actions/gateways/package-files');
    const order = fetchOrderOf(inputs);
    const fetched = await fetchPackage(order, createFunctionStore(), packageFiles());
    const { path, codeSha256, size, version, imageUri } = fetched;
    const sentence = describePackage(order, fetched);
    log.info(`${sentence} ${path}`);
    const row = [version || '–', String(size), codeSha256];
    return {
      outputs: { path, codeSha256, size, version, imageUri },
      summary: `### Package\n\n${sentence}\n\n${table(['Version', 'Bytes', 'CodeSha256'], [row])}`,
    };
  },
});
