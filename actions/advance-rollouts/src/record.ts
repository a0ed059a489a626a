import type { InputValues, RunContext } from '@promo-actions/core/action';
import { type Clock, formatInstant } from '@promo-actions/core/clock';
import { closeDeployment, type Ending, parameterPrefix } from '@promo-actions/core/deployment';
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
  return async (stored) => {
    const { rollout, run: begunBy } = stored;
    const { environment, service } = rollout.watch.subject;
    const end = endOf(stored);
    if (!environment || !service || !end) return;
    const { project = repository.split('/').at(-1) ?? '' } = inputs;
    const closed = await closeDeployment(
      {
        environment,
        service,
        begunBy,
        ...end,
        timestamp: formatInstant(clock.now()),
        reason: rollout.state.reasons.join(' '),
        actor,
        run: { repository, id: runId, attempt: runAttempt, url: runUrl },
      },
      { records, parameters },
      parameterPrefix(inputs.ssmPrefix, { project, environment, service }),
    );
    if (closed && closed.written.length > 0) say(`  Wrote ${closed.written.join('; ')}.`);
  };
}

/** How a rollout's end ends its deployment. */
function endOf({
  rollout,
  status,
  driver,
}: StoredRollout): Pick<Ending, 'status' | 'components'> | undefined {
  const { canary, stable } = rollout.state.rules;
  const on = (version: string) => [{ name: rollout.watch.functionName, version }];
  if (status === 'undone') return { status: 'rolled-back', components: on(stable) };
  if (status === 'refused') return { status: 'failed', components: [] };
  if (status === 'completed' && driver === 'schedule') return { status: 'succeeded', components: on(canary) };
  return undefined;
}
