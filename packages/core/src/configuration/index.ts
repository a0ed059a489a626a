export type { Line } from './compare.ts';
export { inputProblems } from './input.ts';
export type { Entry, Note } from './note.ts';
export { type PathPair, type PathParts, readPaths } from './paths.ts';
export type {
  ConfigurationSource,
  ConfigurationStore,
  NoteStore,
  Parameter,
  Traits,
  Writing,
} from './ports.ts';
export { type PromoteOrder, type PromotePorts, type Promotion, promote } from './promote.ts';
export { describePromotion, renderPromotion, renderRestored } from './render.ts';
export { countOf, leftAlone, type PutBack } from './restore.ts';
export {
  type Restored,
  type RestoreOrder,
  type RestorePorts,
  restorePromotion,
} from './restore-promotion.ts';
export { type Form, type ParameterType, parameterTypes, type Rule, rulesSchema } from './rule.ts';
