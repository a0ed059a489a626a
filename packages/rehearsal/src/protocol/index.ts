export { type Annotation, type AnnotationLevel, createOutputReader } from './commands.ts';
export { type CommandFiles, createCommandFiles, type Told } from './files.ts';
export { createMasks, type Masks } from './mask.ts';
