import { recordDeployment, renderRecord } from '@promo-actions/core/deployment';
import { fencedRecords } from '@promo-actions/core/lock';
import { fenceOf } from '@promo-actions/gateways/fence';
import { runOnRunner } from '@promo-actions/gateways/runner';
import { contract } from './contract.ts';
import { recordOrder } from './order.ts';

runOnRunner(contract, {
  async main({ inputs, clock: machine, context, log }) {
    const { awsClock } = await import('@promo-actions/gateways/aws');
    const { createRecordStore } = await import('@promo-actions/gateways/aws-records');
    const { createParameterStore } = await import('@promo-actions/gateways/aws-parameters');
    const clock = awsClock(machine);
    const { table, status } = inputs;
    const changesWhatRuns = status === 'started' || status === 'succeeded';
    const store = createRecordStore(table);
    const records = changesWhatRuns
      ? fencedRecords(store, fenceOf({ ...inputs, lockTable: inputs.lockTable ?? table }))
      : store;
    const ports = { records, parameters: createParameterStore(), clock };
    const board = inputs.githubDeployment ? await githubBoard(inputs.token, context.repository) : undefined;
    const order = recordOrder(inputs, context, clock.now());
    const recorded = await recordDeployment(order, board ? { ...ports, board } : ports);

    const { record, current, written, deploymentNumber, unseen, unshown } = recorded;
    const would = inputs.dryRun ? 'Would write' : 'Wrote';
    log.info(written.length > 0 ? `${would} ${written.join('; ')}.` : 'Everything was written before.');
    if (unseen)
      log.warning(
        `Whether another run has recorded a success since is not known: ${unseen} The parameters say what this one has deployed.`,
      );
    if (unshown)
      log.warning(
        `The record stands, but GitHub does not show it; the next record of this deployment, or the next success, brings the two in step. ${unshown}`,
      );
    return {
      outputs: {
        deploymentId: record.deployment,
        record: record.id,
        sequence: record.sequence,
        hash: record.hash,
        fromVersion: record.fromVersion,
        currentVersion: current?.version,
        table,
        githubDeployment: deploymentNumber,
        changed: written.length > 0 && !inputs.dryRun,
      },
      summary: renderRecord(recorded, inputs.dryRun),
    };

    async function githubBoard(token: string, repository: string) {
      const { createDeployments, createGitHub } = await import('@promo-actions/gateways/github');
      return createDeployments(createGitHub({ token, clock }), repository);
    }
  },
});
