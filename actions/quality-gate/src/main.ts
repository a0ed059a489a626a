import { qualityGate } from '@promo-actions/core/quality';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';
import { qualityRequest } from './request.ts';

runOnRunner(contract, {
  async main({ inputs, log, clock, context, signal }) {
    const { reportFiles } = await import('@promo-actions/gateways/reports');
    const request = qualityRequest(inputs, context.sha);
    const checks = request.requiredChecks.length > 0 ? { checks: await commitChecks() } : {};
    const { report, read } = await qualityGate(request, { files: reportFiles(), ...checks }, clock);
    return { outputs: { read }, report };

    async function commitChecks() {
      const { createCommitChecks, createGitHub } = await import('@promo-actions/gateways/github');
      const github = createGitHub({ token: inputs.token, clock, signal, onRetry: log.info });
      return createCommitChecks(github, context.repository);
    }
  },
});
