import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { readRollout, type StoredRollout, weightOf, writeRollout } from '@promo-actions/core/rollout';

type Item = Record<string, AttributeValue>;

/**
 * A rollout as an item. What people and alarms look at stands in attributes of its own; `rollout` holds the whole, which
 * alone is read back.
 */
export function itemOf(stored: StoredRollout): Item {
  const { rollout, lease } = stored;
  const { state, watch } = rollout;
  const item: Item = {
    deployment_id: { S: stored.id },
    rollout_version: { N: String(stored.version) },
    rollout_fence: { N: String(stored.fence) },
    rollout_generation: { N: String(stored.generation) },
    rollout_status: { S: stored.status },
    rollout_driver: { S: stored.driver },
    function: { S: watch.functionName },
    alias: { S: watch.alias },
    from_version: { S: state.rules.stable },
    to_version: { S: state.rules.canary },
    weight: { N: String(weightOf(state)) },
    run_url: { S: stored.run },
    started_at: { S: stored.startedAt },
    updated_at: { S: stored.updatedAt },
    rollout: { S: writeRollout(rollout) },
  };
  const { environment, service } = watch.subject;
  if (environment) item.environment = { S: environment };
  if (service) item.service = { S: service };
  if (state.reasons.length > 0) item.reason = { S: state.reasons.join(' ') };
  if (lease) {
    item.lease_owner = { S: lease.owner };
    item.lease_until = { N: String(lease.until) };
  }
  return item;
}

const statuses = ['running', 'completed', 'undone', 'superseded', 'refused'] as const;

/** The rollout that an item holds; undefined when it is something else, or of another release's layout. */
export function storedOf(item: Item): StoredRollout | undefined {
  const text = (name: string) => item[name]?.S;
  const number = (name: string) => (item[name]?.N === undefined ? undefined : Number(item[name].N));
  const rollout = readRollout(text('rollout') ?? '');
  const id = text('deployment_id');
  const status = statuses.find((one) => one === text('rollout_status'));
  const [version, fence] = [number('rollout_version'), number('rollout_fence')];
  if (!rollout || !id || !status || version === undefined || fence === undefined) return undefined;
  const [owner, until] = [text('lease_owner'), number('lease_until')];
  return {
    id,
    version,
    fence,
    generation: number('rollout_generation') ?? 1,
    status,
    driver: text('rollout_driver') === 'job' ? 'job' : 'schedule',
    run: text('run_url') ?? '',
    startedAt: text('started_at') ?? '',
    updatedAt: text('updated_at') ?? '',
    ...(owner === undefined || until === undefined ? {} : { lease: { owner, until } }),
    rollout,
  };
}
