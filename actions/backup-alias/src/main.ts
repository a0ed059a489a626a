import { table } from '@promo-actions/core/action';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';

runOnRunner(contract, {
  async main({ inputs, log, clock: machine, signal, context }) {
    const { backup, describeBackup } = await import('@promo-actions/core/rollback');
    const { awsClock } = await import('@promo-actions/gateways/aws');
    const { createAliasStore } = await import('@promo-actions/gateways/aws-lambda');
    const order = {
      functionName: inputs.function,
      alias: inputs.alias,
      kind: inputs.prefix,
      runId: context.runId,
      release: inputs.release,
      retention: { count: inputs.retain, age: inputs.retainFor, versions: inputs.keepVersions ?? [] },
      dryRun: inputs.dryRun,
    };
    const outcome = await backup(order, createAliasStore(), {
      clock: awsClock(machine),
      log,
      signal,
      timeout: 60_000,
    });
    const sentence = describeBackup(order, outcome);
    log.info(sentence);
    for (const { name, reason } of outcome.unpruned)
      log.warning(`The old alias \`${name}\` was not removed: ${reason}`);
    const { name, version, pruned } = outcome;
    const rows = [
      [name, version, ''],
      ...pruned.map((old) => [old, '', inputs.dryRun ? 'would be removed' : 'removed']),
    ];
    return {
      outputs: { backupAlias: name, version, pruned: pruned.join(',') },
      summary: `### Backup alias\n\n${sentence}\n\n${table(['Alias', 'Version', ''], rows)}`,
    };
  },
});
