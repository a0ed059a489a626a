export { createLockStore } from './store.ts';
