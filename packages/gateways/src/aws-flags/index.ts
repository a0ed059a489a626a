export { createFlagNotes } from './notes.ts';
