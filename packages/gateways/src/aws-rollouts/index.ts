export { createRolloutStore } from './store.ts';
