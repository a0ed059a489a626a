export { createParameterStore } from './store.ts';
