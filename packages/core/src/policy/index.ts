export { loadPolicy, type Policy, type PolicyQuery, type Setting } from './policy.ts';
