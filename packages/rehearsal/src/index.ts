export {
  type Command,
  type Console,
  type Flag,
  flagMistake,
  type Given,
  promo,
  rehearseCommand,
  repositoryFolder,
  scenariosCommand,
} from './command/index.ts';
export { type Mistake, Mistakes } from './mistake/index.ts';
export type { Annotation } from './protocol/index.ts';
export { type RehearsalOptions, rehearse } from './rehearse/index.ts';
export type * from './result/index.ts';
export { loadScenario, type ScenarioFile } from './scenario/index.ts';
