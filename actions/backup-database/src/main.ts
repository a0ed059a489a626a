import { table } from '@promo-actions/core/action';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';

runOnRunner(contract, {
  async main({ inputs, log, clock, signal, context }) {
    const { backupDatabase, describeDatabaseBackup, restoreCommand } = await import(
      '@promo-actions/core/database'
    );
    const { createDatabaseService } = await import('@promo-actions/gateways/aws-rds');
    const { cluster, instance = '', timeout, interval, dryRun, prefix, environment, service } = inputs;
    const database = cluster
      ? ({ kind: 'cluster', id: cluster } as const)
      : ({ kind: 'instance', id: instance } as const);
    const order = {
      ...{ database, prefix, environment, service, dryRun },
      runId: context.runId,
      reuseFor: inputs.reuseFor,
      retention: { count: inputs.retain, age: inputs.retainFor },
    };
    const waiting = { clock, log, signal, timeout, interval };
    const backup = await backupDatabase(order, createDatabaseService(), waiting);
    const sentence = describeDatabaseBackup(order, backup);
    log.info(sentence);
    for (const { name, reason } of backup.unpruned)
      log.warning(`The old snapshot \`${name}\` was not removed: ${reason}`);
    const { id, snapshot, pruned, created } = backup;
    const rows = [
      [id, snapshot?.status ?? ''],
      ...pruned.map((old) => [old, dryRun ? 'would be removed' : 'removed']),
    ];
    const restore = dryRun
      ? ''
      : `\nTo restore from it: \`${restoreCommand(database, backup.database.engine, id)}\`\n`;
    return {
      outputs: {
        snapshotId: id,
        status: snapshot?.status,
        engine: backup.database.engine,
        encrypted: snapshot?.encrypted ?? backup.database.encrypted,
        changed: created,
        pruned: pruned.join(','),
      },
      summary: `### Database backup\n\n${sentence}\n\n${table(['Snapshot', ''], rows)}${restore}`,
    };
  },
});
