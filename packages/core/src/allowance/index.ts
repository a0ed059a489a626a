export { type Allowance, allowanceFor, allowances, unusedAllowances } from './allowance.ts';
