export { checkHealth, type HttpProbe, type Target } from './check.ts';
export type { Expectation, Look, Probe } from './look.ts';
export { healthOrderOf } from './order.ts';
