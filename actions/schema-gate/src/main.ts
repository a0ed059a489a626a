import { afterMigration, schemaGate } from '@promo-actions/core/schema';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';
import { schemaRequest, undoRequest } from './request.ts';

runOnRunner(contract, {
  async main({ inputs, log, clock }) {
    const undo = undoRequest(inputs);
    if (undo) {
      const { bash } = await import('@promo-actions/gateways/shell');
      const { report, state } = await afterMigration(undo, bash(log.info), clock);
      return { outputs: { read: 0, newMigrations: 0, databaseState: state }, report };
    }
    const { reportFiles } = await import('@promo-actions/gateways/reports');
    const { createSqlParser } = await import('@promo-actions/gateways/postgresql');
    const ports = { files: reportFiles(), parser: createSqlParser() };
    const { report, read, newMigrations } = await schemaGate(schemaRequest(inputs), ports, clock);
    return { outputs: { read, newMigrations, databaseState: undefined }, report };
  },
});
