export { loadPolicy, type Policy, type PolicyQuery, type Setting, type Vocabulary } from './policy.ts';
export { vocabulary } from './vocabulary.ts';
