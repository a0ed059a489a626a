import { subjectOf } from '@promo-actions/core/gate';
import { infrastructureGate } from '@promo-actions/core/infrastructure';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';

runOnRunner(contract, {
  async main({ inputs, clock }) {
    const { reportFiles } = await import('@promo-actions/gateways/reports');
    const { environment, service, version, plans, destroy, drift, allow = [], maxAge } = inputs;
    const { report, ...outputs } = await infrastructureGate(
      {
        plans,
        limits: { destroy, drift, allow, ...(maxAge === undefined ? {} : { maxAge }) },
        subject: subjectOf({ environment, service, version }),
      },
      reportFiles(),
      clock,
    );
    return { outputs, report };
  },
});
