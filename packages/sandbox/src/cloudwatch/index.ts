export { type AlarmDefinition, alarmSchema, type MetricDefinition, metricSchema } from './definition.ts';
export { type CloudWatchDependencies, createCloudWatchService } from './service.ts';
