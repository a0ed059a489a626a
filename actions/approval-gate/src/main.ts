import { approvalGate, quorumFor } from '@promo-actions/core/approval';
import { subjectOf } from '@promo-actions/core/gate';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';

runOnRunner(contract, {
  async main({ inputs, log, clock, context, signal }) {
    const { createGitHub, createReviewHistory } = await import('@promo-actions/gateways/github');
    const github = createGitHub({ token: inputs.token, clock, signal, onRetry: log.info });
    const { environment, service, version, requesters = [] } = inputs;
    const starters = [context.actor, process.env.GITHUB_TRIGGERING_ACTOR ?? ''].filter(Boolean);
    const { report, approvers, chain } = await approvalGate(
      {
        runId: context.runId,
        runUrl: context.runUrl,
        quorum: quorumFor(inputs.matrix, inputs.changeType, environment ?? '') ?? new Map(),
        roles: inputs.roles,
        environments: inputs.approvalEnvironments,
        requesters: [...new Set([...starters, ...requesters])],
        named: requesters.length > 0,
        subject: subjectOf({ environment, service, version }),
      },
      createReviewHistory(github, context.repository),
      clock,
    );
    return { outputs: { approvers: approvers.join(','), chain: JSON.stringify(chain) }, report };
  },
});
