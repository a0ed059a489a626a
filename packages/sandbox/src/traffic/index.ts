export { constantDatum, type Datum, mergeData, percentile, percentileRank, valuesDatum } from './datum.ts';
export { type TrafficDefinition, trafficSchema } from './definition.ts';
export type { AliasHistory, AliasState } from './history.ts';
export { latencyDatum } from './latency.ts';
export {
  type AliasMinute,
  type AliasTraffic,
  incomplete,
  minuteOf,
  type VersionMinute,
} from './minute.ts';
export { type AccountBook, inPlace, type Place, placeOf } from './place.ts';
export { randomOf } from './random.ts';
export type { Dimensions, MetricSource, Series } from './series.ts';
export { createTraffic, type DirectInvocation, type Functions, type TrafficDependencies } from './traffic.ts';
