export {
  type Contract,
  camelCase,
  defineContract,
  type InputDeclarations,
  type InputValues,
  type Kind,
  type OutputValues,
  type Permissions,
} from './contract.ts';
export { InputError, type InputProblem, OutsideError, type OutsideFailure } from './errors.ts';
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
export { explain, type Phases, type Result, runAction, type Step } from './run.ts';
export type { Log, RunContext, Runner } from './runner.ts';
export { cell, table } from './summary.ts';
