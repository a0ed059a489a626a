import { approversOf } from '@promo-actions/core/approval';
import { formatInstant } from '@promo-actions/core/clock';
import { checkWindow, compactDuration } from '@promo-actions/core/window';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';
import { windowRequest } from './request.ts';

runOnRunner(contract, {
  async main({ inputs, log, clock, context, signal }) {
    // Who runs it again asks for it as much as who started it.
    const starters = [context.actor, process.env.GITHUB_TRIGGERING_ACTOR ?? ''];
    const { approvalEnvironments: environments } = inputs;
    const answer = await checkWindow(
      windowRequest(inputs, starters, clock.now()),
      {
        ...(await feedPorts(inputs.calendarUrl, inputs.calendarCopy)),
        ...(environments ? { approvers: () => approvers(environments) } : {}),
      },
      clock.now(),
    );
    const { closesAt, nextOpensAt, timeLeft } = answer;
    return {
      outputs: {
        open: answer.open,
        closesAt: closesAt === undefined ? undefined : formatInstant(closesAt),
        nextOpensAt: nextOpensAt === undefined ? undefined : formatInstant(nextOpensAt),
        timeLeft: timeLeft === undefined ? undefined : compactDuration(timeLeft),
        calendarDigest: answer.feedDigest,
      },
      report: answer.report,
      holdAccepted: inputs.whenClosed === 'hold',
    };

    async function feedPorts(url: string | undefined, copy: string | undefined) {
      if (!url) return {};
      const { createCalendarFeed, createFeedCopy } = await import('@promo-actions/gateways/calendar');
      const feed = createCalendarFeed(url, clock);
      return copy ? { feed, copy: createFeedCopy(copy, url) } : { feed };
    }

    async function approvers(environments: readonly string[]) {
      const { createGitHub, createReviewHistory } = await import('@promo-actions/gateways/github');
      const github = createGitHub({ token: inputs.token, clock, signal, onRetry: log.info });
      const reviews = await createReviewHistory(github, context.repository).reviews(context.runId);
      return approversOf(reviews, environments);
    }
  },
});
