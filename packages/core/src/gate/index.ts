export { capped } from './capped.ts';
export {
  type Decision,
  decide,
  type Finding,
  type GateReport,
  type Outcome,
  type Override,
  type Subject,
  subjectOf,
} from './gate.ts';
export { renderReport } from './render.ts';
