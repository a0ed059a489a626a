export type {
  ChangeAction,
  DriftFacts,
  InfrastructureFacts,
  PlanFacts,
  ResourceChange,
  StackFacts,
} from './facts.ts';
export {
  type InfrastructureRequest,
  type InfrastructureResult,
  infrastructureGate,
} from './infrastructure-gate.ts';
export type { InfrastructureLimits } from './judge.ts';
export { readInfrastructure } from './read.ts';
