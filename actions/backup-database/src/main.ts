import { OutsideError } from '@promo-actions/core/action';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';

runOnRunner(contract, {
  async main() {
    throw new OutsideError({
      what: 'backup-database is declared in this revision and not yet carried out',
      remedy: 'Pin a later revision',
    });
  },
});
