import { createFence, type Fence, type FenceInputs, fenceOrder } from '@promo-actions/core/lock';
import { machineClock } from '../machine-clock/index.ts';

/**
 * The fence that a step's inputs name; without a lock, one that lets everything through. Asks nobody until it is asked.
 * It renews by the clock of AWS, as every holder does.
 */
export function fenceOf(inputs: FenceInputs): Fence {
  const order = fenceOrder(inputs);
  return {
    async check() {
      if (!order) return;
      const { createLockStore } = await import('../aws-lock/index.ts');
      const { awsClock } = await import('../aws/index.ts');
      await createFence(order, order.token, createLockStore(order.table), awsClock(machineClock)).check();
    },
  };
}
