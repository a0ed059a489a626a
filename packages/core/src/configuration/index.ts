export type { Line } from './compare.ts';
export { inputProblems } from './input.ts';
export type { Entry } from './note.ts';
export { readPaths } from './paths.ts';
export type {
  ConfigurationSource,
  ConfigurationStore,
  NoteStore,
  Parameter,
  Traits,
  Writing,
} from './ports.ts';
export { type PromoteOrder, type Promotion, promote } from './promote.ts';
export { describePromotion, renderPromotion, renderRestored } from './render.ts';
export { countOf, leftAlone } from './restore.ts';
export {
  type Restored,
  type RestoreOrder,
  type RestorePorts,
  restorePromotion,
} from './restore-promotion.ts';
export { type ParameterType, type Rule, rulesSchema } from './rule.ts';
