export { endProcesses, sendSignal } from './process.ts';
export { runPosts, runSteps } from './run.ts';
export { writeShims } from './shims.ts';
