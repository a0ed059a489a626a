export { infrastructureGate } from './infrastructure-gate.ts';
export type { InfrastructureLimits } from './judge.ts';
export { readInfrastructure } from './read.ts';
