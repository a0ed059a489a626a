import type { Attributes } from '@promo-actions/core/deployment';
import { readRollout, type StoredRollout, weightOf, writeRollout } from '@promo-actions/core/rollout';

/**
 * A rollout as an item. What people and alarms look at stands in attributes of its own; `rollout` holds the whole, which
 * alone is read back.
 */
export function itemOf(stored: StoredRollout): Attributes {
  const { rollout, lease } = stored;
  const { state, watch } = rollout;
  const { environment, service } = watch.subject;
  return {
    deployment_id: stored.id,
    rollout_version: stored.version,
    rollout_fence: stored.fence,
    rollout_generation: stored.generation,
    rollout_status: stored.status,
    rollout_driver: stored.driver,
    function: watch.functionName,
    alias: watch.alias,
    from_version: state.rules.stable,
    to_version: state.rules.canary,
    weight: weightOf(state),
    run_url: stored.run,
    started_at: stored.startedAt,
    updated_at: stored.updatedAt,
    rollout: writeRollout(rollout),
    ...(environment ? { environment } : {}),
    ...(service ? { service } : {}),
    ...(state.reasons.length > 0 ? { reason: state.reasons.join(' ') } : {}),
    ...(lease ? { lease_owner: lease.owner, lease_until: lease.until } : {}),
  };
}

const statuses = ['running', 'completed', 'undone', 'superseded', 'refused'] as const;

/** The rollout that an item holds; undefined when it is something else, or of another release's layout. */
export function storedOf(item: Attributes): StoredRollout | undefined {
  const text = (name: string) => {
    const value = item[name];
    return typeof value === 'string' ? value : undefined;
  };
  const number = (name: string) => {
    const value = item[name];
    return typeof value === 'number' ? value : undefined;
  };
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
