import { releaseThoughUnanswered } from '@promo-actions/core/release';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';

runOnRunner(contract, {
  async main({ inputs, log, clock, context, signal }) {
    const { createGitHub, createReleaseRepository } = await import('@promo-actions/gateways/github');
    const github = createGitHub({ token: inputs.token, clock, signal, onRetry: log.info });
    const repository = createReleaseRepository(github, context.repository);
    const { version, releaseBranchPrefix, developmentBranch } = inputs;
    const releaseBranch = `${releaseBranchPrefix}${version}`;
    const base = inputs.base ?? developmentBranch;
    const result = await releaseThoughUnanswered({ ...inputs, releaseBranch, base }, repository, {
      clock,
      log,
      signal,
    });
    if (result.pullRequest) log.warning(result.message);
    else log.info(result.message);
    return {
      outputs: {
        releaseBranch,
        sha: result.sha,
        tag: version,
        previousVersion: result.previous,
        releaseId: result.release?.id,
        releaseUrl: result.release?.url,
        compareUrl: result.compareUrl,
        pullRequestUrl: result.pullRequest?.url,
        changed: result.changed && !inputs.dryRun,
      },
      summary: `### release: ${inputs.stage} of ${version}\n${result.message}\n`,
    };
  },
});
