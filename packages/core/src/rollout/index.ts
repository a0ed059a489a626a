export { planShift, type Refusal, type ShiftFacts, type ShiftPlan, type ShiftRequest } from './plan.ts';
export { type ShiftOrder, type ShiftOutcome, type ShiftPorts, shift, undoShift } from './shift.ts';
export { planUndo, type ShiftIntent, type UndoPlan } from './undo.ts';
