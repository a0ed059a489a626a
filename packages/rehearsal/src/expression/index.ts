export {
  asText,
  asTexts,
  type Contexts,
  type Dictionary,
  evaluate,
  holds,
  resolve,
  type Scope,
  type Status,
  textOf,
  type Value,
} from './evaluate.ts';
export { globMatches } from './hash-files.ts';
