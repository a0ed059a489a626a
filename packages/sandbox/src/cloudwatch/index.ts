export { alarmSchema, metricSchema } from './definition.ts';
export { createCloudWatchService } from './service.ts';
