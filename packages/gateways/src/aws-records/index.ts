export { createRecordStore } from './store.ts';
