export {
  checkHealth,
  type HealthOrder,
  type HealthOutcome,
  type HealthPorts,
  type HttpProbe,
  type Target,
} from './check.ts';
export {
  describeExpectation,
  type Expectation,
  judgeInvocation,
  judgeProbe,
  type Look,
  type Probe,
} from './look.ts';
export { healthOrderOf } from './order.ts';
