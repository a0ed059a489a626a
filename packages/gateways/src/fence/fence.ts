import type { Clock } from '@promo-actions/core/clock';
import { createFence, type Fence, type FenceInputs, fenceOrder } from '@promo-actions/core/lock';

/** The fence that a step's inputs name; without a lock, one that lets everything through. Asks nobody until it is asked. */
export function fenceOf(inputs: FenceInputs, clock: Pick<Clock, 'now'>): Fence {
  const order = fenceOrder(inputs);
  return {
    async check() {
      if (!order) return;
      const { createLockStore } = await import('../aws-lock/index.ts');
      await createFence(order, order.token, createLockStore(order.table), clock).check();
    },
  };
}
