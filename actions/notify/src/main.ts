import { tellAll } from '@promo-actions/core/notice';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { channelsOf } from './channels.ts';
import { contract } from './contract.ts';
import { noticeOf } from './notice.ts';
import { outcome } from './outcome.ts';

runOnRunner(contract, {
  async main({ inputs, log, clock, context, signal }) {
    const channels = await channelsOf(inputs, { clock, signal, onRetry: log.info });
    const told = await tellAll(noticeOf(inputs, context, clock.now()), channels, inputs.dryRun);
    return outcome(told, log);
  },
});
