export { orders } from './orders.ts';
export { type Entry, loadPolicy, type Policy, readPolicy, type Setting } from './policy.ts';
export { vocabulary } from './vocabulary.ts';
