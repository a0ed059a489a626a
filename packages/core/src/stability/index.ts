export { checkStability } from './stability.ts';
export { apiTarget, loadBalancerTarget, type Target } from './target.ts';
