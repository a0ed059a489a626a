export { createNoteStore } from './notes.ts';
export { createConfigurationSource, createConfigurationStore } from './store.ts';
