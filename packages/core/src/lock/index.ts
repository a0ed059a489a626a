export type { Claim, Verdict } from './claim.ts';
export {
  createFence,
  type Fence,
  type FenceInputs,
  type FenceOrder,
  fencedAliases,
  fencedRecords,
  fenceInputs,
  fenceOrder,
  fenceProblems,
} from './fence.ts';
export {
  clockSkew,
  describeHolder,
  describePlace,
  type Holder,
  leaseItem,
  leaseOf,
  lockId,
} from './lease.ts';
export {
  acquireLock,
  type LockPatience,
  type Release,
  readLease,
  releaseLock,
  renewLock,
} from './lock.ts';
export { renderLock } from './render.ts';
export { changeLock } from './step.ts';
export type { LockStore } from './store.ts';
