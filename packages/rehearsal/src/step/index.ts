export type { StepDone, StepTask } from './environment.ts';
export { type Frame, frameEnv, frameScope, type Machine, reasonOf } from './frame.ts';
export { endProcesses, sendSignal } from './process.ts';
export { runPosts, runSteps } from './run.ts';
export { writeShims } from './shims.ts';
