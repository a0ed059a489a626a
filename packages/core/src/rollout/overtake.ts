import type { ShiftPorts } from './shift.ts';
import type { StoredRollout } from './store.ts';

/**
 * Makes a first weight fail that the driver before may still be about to write. Every later write of it is overtaken by
 * one of the next driver, or is the order that this one would give; but a rollout of which nothing shows is refused
 * without a write. So the alias is written as it reads, which moves its revision.
 */
export async function overtakeFirstWeight(
  former: StoredRollout | undefined,
  aliases: ShiftPorts['aliases'],
): Promise<void> {
  if (former?.status !== 'running') return;
  const { state, watch } = former.rollout;
  if (state.step >= 0 || state.ordered < 0) return;
  const alias = await aliases.find(watch.functionName, watch.alias);
  if (alias) await aliases.update(alias, alias);
}
