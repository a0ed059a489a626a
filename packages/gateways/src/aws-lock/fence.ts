import type { Clock } from '@promo-actions/core/clock';
import { createFence, type Fence, type FenceInputs, fenceOrder } from '@promo-actions/core/lock';
import { createLockStore } from './store.ts';

/** The fence that a step's inputs name; undefined where they name no lock. */
export function fenceOf(inputs: FenceInputs, clock: Pick<Clock, 'now'>): Fence | undefined {
  const order = fenceOrder(inputs);
  return order && createFence(order, order.token, createLockStore(order.table), clock);
}
