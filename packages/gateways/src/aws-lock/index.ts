export { fenceOf } from './fence.ts';
export { createLockStore } from './store.ts';
