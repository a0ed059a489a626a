export { type Advanced, type AdvanceOrder, type AdvancePorts, advanceRollouts } from './advance.ts';
export { type DrivePorts, type Driver, driveOn, type Rest, type Rollout } from './drive.ts';
export { type Hook, type HookQuestion, hookForm, hookOf } from './hook.ts';
export { type Holder, heldByOther, type Keeper, takeOver } from './keeper.ts';
export { LostRollout } from './lost.ts';
export { type Decision, next } from './machine.ts';
export { memoryRolloutStore } from './memory.ts';
export type { RolloutOrder, RolloutPorts } from './order.ts';
export {
  planShift,
  type Refusal,
  requestOf,
  type ShiftFacts,
  type ShiftPlan,
  type ShiftRequest,
} from './plan.ts';
export { planInput } from './plan-input.ts';
export { advanceResult, resultOf } from './result.ts';
export {
  bakeTime,
  hastened,
  NoPlan,
  type Plan,
  parsePlan,
  printPlan,
  profiles,
  type Step,
} from './rollout-plan.ts';
export { type ShiftOrder, type ShiftOutcome, type ShiftPorts, shift, undoShift } from './shift.ts';
export { type RolloutAnswer, rollOut } from './start.ts';
export {
  type Answer,
  begun,
  heldSteps,
  type Observation,
  type Order,
  type Outcome,
  type RolloutState,
  type Rules,
  readState,
  type Split,
  weightOf,
} from './state.ts';
export {
  memberOf,
  memberParts,
  type RolloutStore,
  readRollout,
  rolloutId,
  type StoredRollout,
  writeRollout,
} from './store.ts';
export { type LambdaPlace, lambdaTarget, type TrafficTarget } from './target.ts';
export { type RolloutReport, rolloutCharts, rolloutReport, rolloutSummary, tellOutcome } from './tell.ts';
export { parseIntent, planUndo, type ShiftIntent, type UndoPlan } from './undo.ts';
export { expectedTime, type Watch } from './watch.ts';
