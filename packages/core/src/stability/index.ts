export type { DeploymentLimits, TrafficLimits } from './checks.ts';
export { checkStability, type StabilityPorts, type StabilityQuestion } from './stability.ts';
export { apiTarget, functionTarget, loadBalancerTarget, type Target } from './target.ts';
