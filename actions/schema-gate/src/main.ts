import { schemaGate } from '@promo-actions/core/schema';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';

runOnRunner(contract, {
  async main({ inputs, clock }) {
    const { reportFiles } = await import('@promo-actions/gateways/reports');
    const { createSqlParser } = await import('@promo-actions/gateways/postgresql');
    const { environment, service, version, appliedThrough, migrations = [], reports = [] } = inputs;
    const { report, ...outputs } = await schemaGate(
      {
        migrations,
        reports,
        ...(appliedThrough === undefined ? {} : { appliedThrough }),
        limits: { warnings: inputs.warnings, allow: inputs.allow ?? [] },
        subject: {
          ...(environment ? { environment } : {}),
          ...(service ? { service } : {}),
          ...(version ? { version } : {}),
        },
      },
      { files: reportFiles(), parser: createSqlParser() },
      clock,
    );
    return { outputs, report };
  },
});
