export { createNoteStore } from './notes.ts';
export { createConfigurationSource, createConfigurationStore, type SourceOrder } from './store.ts';
