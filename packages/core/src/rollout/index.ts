export {
  planShift,
  type Refusal,
  requestOf,
  type ShiftFacts,
  type ShiftPlan,
  type ShiftRequest,
} from './plan.ts';
export { type ShiftOrder, type ShiftOutcome, type ShiftPorts, shift, undoShift } from './shift.ts';
export { parseIntent, planUndo, type ShiftIntent, type UndoPlan } from './undo.ts';
