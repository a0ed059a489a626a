import { runAction } from '@promo-actions/core/action';
import { actionsRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';

await runAction(contract, actionsRunner(), {
  async main({ inputs, clock }) {
    const version: string = inputs.version;
    const older: boolean = inputs.allowOlder;
    return {
      outputs: { version, releaseBranch: `release/${version}-${older}` },
      report: { gate: contract.name, decision: 'pass', subject: {}, at: String(clock.now()), findings: [] },
    };
  },
});
