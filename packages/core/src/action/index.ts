export { InputError, type InputProblem, OutsideError, type OutsideFailure } from '../errors/index.ts';
export { cell, table } from '../markdown/index.ts';
export { checkPolicy, type PolicyCheck, type Resolution } from './check-policy.ts';
export {
  type Contract,
  defineContract,
  type InputDeclarations,
  type InputValues,
  type Kind,
  type Permissions,
} from './contract.ts';
export {
  amount,
  count,
  duration,
  flag,
  type Input,
  instant,
  json,
  list,
  matching,
  oneOf,
  percent,
  text,
} from './input.ts';
export { isSettable } from './resolve.ts';
export { explain, type Phases, type Result, runAction, type Step } from './run.ts';
export type { Log, RunContext, Runner } from './runner.ts';
