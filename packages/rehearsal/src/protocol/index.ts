export { type Annotation, type AnnotationLevel, createOutputReader, type Listener } from './commands.ts';
export { type CommandFiles, createCommandFiles, type Told } from './files.ts';
export { createMasks, type Masks } from './mask.ts';
