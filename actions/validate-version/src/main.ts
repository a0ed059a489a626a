import {
  createDeployedVersions,
  isPrerelease,
  printVersion,
  validateVersion,
} from '@promo-actions/core/version';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';

runOnRunner(contract, {
  async main({ inputs, log, clock, context, signal }) {
    const { createGitHub, createRepository } = await import('@promo-actions/gateways/github');
    const github = createGitHub({ token: inputs.token, clock, signal, onRetry: log.info });
    const repository = createRepository(github, context.repository);
    const deployed = inputs.kind === 'promoted' ? await deployedVersions() : undefined;
    const { report, version, previous, releaseBranch } = await validateVersion(
      inputs,
      repository,
      deployed,
      clock,
    );
    return {
      outputs: {
        version: version && printVersion(version),
        major: version?.major,
        minor: version?.minor,
        patch: version?.patch,
        prerelease: version?.prerelease.join('.'),
        isPrerelease: version && isPrerelease(version),
        releaseBranch,
        previousVersion: previous && printVersion(previous),
      },
      report,
    };

    async function deployedVersions() {
      const { createParameterStore } = await import('@promo-actions/gateways/aws-parameters');
      const project = inputs.project ?? context.repository.split('/').at(-1) ?? '';
      return createDeployedVersions(createParameterStore(), inputs.ssmPrefix, project);
    }
  },
});
