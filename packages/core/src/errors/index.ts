export { InputError, type InputProblem, OutsideError, type OutsideFailure } from './errors.ts';
