import {
  createFence,
  type Fence,
  type FenceInputs,
  type FenceOrder,
  fenceOrder,
} from '@promo-actions/core/lock';
import { machineClock } from '../machine-clock/index.ts';

/**
 * The fence that a step's inputs name; without a lock, one that lets everything through. Asks nobody until it is asked.
 * It renews by the clock of AWS, as every holder does.
 */
export function fenceOf(inputs: FenceInputs): Fence {
  const order = fenceOrder(inputs);
  if (!order) return { check: async () => {}, keepAlive: async () => {} };
  let opened: Promise<Fence> | undefined;
  const fence = () => {
    opened ??= fenceOn(order);
    return opened;
  };
  return {
    check: async () => (await fence()).check(),
    keepAlive: async () => (await fence()).keepAlive(),
  };
}

async function fenceOn(order: FenceOrder): Promise<Fence> {
  const { createLockStore } = await import('../aws-lock/index.ts');
  const { awsClock } = await import('../aws/index.ts');
  return createFence(order, order.token, createLockStore(order.table), awsClock(machineClock));
}
