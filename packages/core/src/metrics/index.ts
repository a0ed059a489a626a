export type {
  Alarm,
  AlarmSource,
  ExpressionQuery,
  MetricQuery,
  MetricSource,
  Point,
  SeriesQuery,
} from './source.ts';
export {
  formatNumber,
  judgeWatched,
  type MetricSpec,
  type WatchedMetric,
  watchedMetricsExpected,
  watchedMetricsSchema,
  watchedQueries,
  withUnit,
} from './watched.ts';
