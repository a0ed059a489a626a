export { type Frame, frameEnv, frameScope, type Machine, type Post, reasonOf, statusOf } from './frame.ts';
export { type StepDone, type StepTask, taskOf } from './task.ts';
