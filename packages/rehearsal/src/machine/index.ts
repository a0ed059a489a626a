export { type Frame, frameEnv, frameScope, reasonOf, statusOf } from './frame.ts';
export type { Machine, Post, StepTask } from './machine.ts';
export { type StepDone, taskOf } from './task.ts';
