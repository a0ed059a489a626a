export {
  type Frame,
  frameEnv,
  frameScope,
  type Machine,
  type Post,
  reasonOf,
  type StepOutcome,
  statusOf,
} from './frame.ts';
export { type StepDone, type StepTask, taskOf } from './task.ts';
