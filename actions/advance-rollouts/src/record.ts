import type { InputValues, RunContext } from '@promo-actions/core/action';
import { type Clock, formatInstant } from '@promo-actions/core/clock';
import { closeDeployment, parameterPrefix } from '@promo-actions/core/deployment';
import type { StoredRollout } from '@promo-actions/core/rollout';
import { createParameterStore } from '@promo-actions/gateways/aws-parameters';
import { createRecordStore } from '@promo-actions/gateways/aws-records';
import type { contract } from './contract.ts';

/**
 * Records how a rollout ended, where its run has recorded that it began. A completed rollout of a job is left to its run,
 * which had more to do than to roll out.
 */
export function recordEnd(
  inputs: InputValues<(typeof contract)['inputs']>,
  { repository, runId, runAttempt, runUrl, actor }: RunContext,
  clock: Clock,
  say: (line: string) => void,
): (stored: StoredRollout) => Promise<void> {
  const records = createRecordStore(inputs.table);
  const parameters = createParameterStore();
  return async ({ rollout, status, driver, run: begunBy }) => {
    const { environment, service } = rollout.watch.subject;
    const succeeded = status === 'completed' && driver === 'schedule';
    if (!environment || !service || !(succeeded || status === 'undone')) return;
    const { rules, reasons } = rollout.state;
    const { project = repository.split('/').at(-1) ?? '' } = inputs;
    const closed = await closeDeployment(
      {
        environment,
        service,
        begunBy,
        status: succeeded ? 'succeeded' : 'rolled-back',
        timestamp: formatInstant(clock.now()),
        reason: reasons.join(' '),
        components: [{ name: rollout.watch.functionName, version: succeeded ? rules.canary : rules.stable }],
        actor,
        run: { repository, id: runId, attempt: runAttempt, url: runUrl },
      },
      { records, parameters },
      parameterPrefix(inputs.ssmPrefix, { project, environment, service }),
    );
    if (closed && closed.written.length > 0) say(`  Wrote ${closed.written.join('; ')}.`);
  };
}
