export { inputProblems } from './input.ts';
export { type PathPair, type PathParts, readPaths } from './paths.ts';
export { type Form, type ParameterType, parameterTypes, type Rule, rulesSchema } from './rule.ts';
