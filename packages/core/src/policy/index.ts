export { orders } from './orders.ts';
export {
  type Entry,
  loadPolicy,
  type Policy,
  type PolicyQuery,
  readPolicy,
  type Setting,
  type Vocabulary,
} from './policy.ts';
export { vocabulary } from './vocabulary.ts';
