export { scanChain } from './scan.ts';
export { createRecordStore } from './store.ts';
