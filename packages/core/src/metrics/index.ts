export type { Alarm, AlarmSource, MetricQuery, MetricSource, Point, SeriesQuery } from './source.ts';
export {
  formatNumber,
  judgeWatched,
  type WatchedMetric,
  watchedMetricsExpected,
  watchedMetricsSchema,
  watchedQueries,
  withUnit,
} from './watched.ts';
