import { explain } from '@promo-actions/core/action';
import * as core from '@promo-actions/core/configuration';
import { fenceOf } from '@promo-actions/gateways/fence';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';
import { promoteOrder, restoreOrder } from './order.ts';

const begunState = 'begun';

runOnRunner(contract, {
  async main({ inputs, log, clock, signal, context, mask, saveState }) {
    const aws = await import('@promo-actions/gateways/aws-configuration');
    const target = aws.createConfigurationStore(clock);
    const ports = { target, notes: aws.createNoteStore(inputs.table), fence: fenceOf(inputs) };
    if (inputs.operation === 'restore') {
      const order = restoreOrder(inputs, context);
      // It goes on where the run is cancelled: nothing after it would put back what is left.
      const { sentence, results } = await core.restorePromotion(order, ports, { clock, log });
      log.info(sentence);
      const alone = core.leftAlone(results);
      const restored = core.countOf(results);
      return {
        outputs: {
          changed: restored > 0 && !order.dryRun,
          ...{ created: 0, updated: 0, unchanged: results.length - restored, restored },
          promotion: order.promotion,
        },
        summary: core.renderRestored(sentence, results),
        ...(alone ? { failure: `promote-config: not everything was put back. ${alone}.` } : {}),
      };
    }

    const order = promoteOrder(inputs, context);
    const source = await aws.createConfigurationSource({
      clock,
      region: inputs.sourceRegion,
      role: inputs.sourceRole,
      sessionName: `promo-actions-${context.runId}`,
    });
    const begun = () => saveState(begunState, order.promotion);
    const promotion = await core.promote(order, { ...ports, source, mask, begun }, { clock, log, signal });
    for (const line of core.describePromotion(promotion)) log.info(line);
    const count = (fate: 'create' | 'update' | 'same') =>
      promotion.lines.filter((line) => line.fate === fate).length;
    const { changed, report, restored, failure } = promotion;
    return {
      outputs: {
        ...{ changed, restored, promotion: order.promotion },
        ...{ created: count('create'), updated: count('update'), unchanged: count('same') },
      },
      report,
      summary: core.renderPromotion(promotion, order.dryRun),
      ...(failure ? { failure: explain(contract.name, failure, signal) } : {}),
    };
  },

  async post({ inputs, log, clock, context, state }) {
    if (inputs.post !== 'restore' || !state(begunState)) return;
    const aws = await import('@promo-actions/gateways/aws-configuration');
    const target = aws.createConfigurationStore(clock);
    const ports = { target, notes: aws.createNoteStore(inputs.table), fence: fenceOf(inputs) };
    const restored = await core.restorePromotion(restoreOrder(inputs, context), ports, { clock, log });
    log.info(restored.sentence);
    const alone = core.leftAlone(restored.results);
    if (alone) log.warning(`Not everything was put back. ${alone}.`);
  },
});
