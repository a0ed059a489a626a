export { createAlarmSource } from './alarms.ts';
export { createMetricSource } from './metrics.ts';
