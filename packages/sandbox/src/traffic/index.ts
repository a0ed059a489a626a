export { constantDatum, type Datum, mergeData, percentile, percentileRank, valuesDatum } from './datum.ts';
export { trafficSchema } from './definition.ts';
export type { AliasState } from './history.ts';
export { incomplete, minuteOf } from './minute.ts';
export { type AccountBook, inPlace, type Place, placeOf } from './place.ts';
export { randomOf } from './random.ts';
export type { Dimensions, MetricSource, Series } from './series.ts';
export { createTraffic, type Functions } from './traffic.ts';
