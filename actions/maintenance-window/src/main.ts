import { formatInstant } from '@promo-actions/core/clock';
import { checkWindow, compactDuration } from '@promo-actions/core/window';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';
import { windowRequest } from './request.ts';

runOnRunner(contract, {
  async main({ inputs, clock, context }) {
    const request = windowRequest(inputs, context.actor, clock.now());
    const answer = await checkWindow(
      request,
      await feedPorts(inputs.calendarUrl, inputs.calendarCopy),
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
  },
});
