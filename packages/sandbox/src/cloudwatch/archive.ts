import {
  type AccountBook,
  constantDatum,
  type Datum,
  type Dimensions,
  inPlace,
  type MetricSource,
  mergeData,
  placeOf,
  type Series,
} from '../traffic/index.ts';
import type { MetricDefinition } from './definition.ts';

const MINUTE = 60_000;

/** One text for one exact set of dimensions, whatever their order. */
function dimensionKey(dimensions: Dimensions): string {
  return JSON.stringify(Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function seriesKey(series: Pick<Series, 'namespace' | 'name' | 'dimensions'>): string {
  return `${series.namespace}\n${series.name}\n${dimensionKey(series.dimensions)}`;
}

/** The world's own custom metrics: one datapoint of the stated value in every minute that has passed. */
export function flatMetrics(definitions: readonly MetricDefinition[], accounts: AccountBook): MetricSource {
  const placed = definitions.map((definition) => ({ ...placeOf(accounts, definition), definition }));
  return {
    series: (account, region) =>
      placed
        .filter((entry) => inPlace(entry, account, region))
        .map(({ definition: { namespace, name, dimensions, unit, value } }) => ({
          ...{ namespace, name, dimensions, unit },
          datum: (minute, now) => (minute + MINUTE <= now ? constantDatum(value, 1) : undefined),
        })),
  };
}

interface Kept extends Series {
  readonly minutes: Map<number, Datum>;
}

/** What clients put: visible at once, values of one minute merged. */
export interface Archive extends MetricSource {
  put(
    account: string,
    region: string,
    metric: Pick<Series, 'namespace' | 'name' | 'dimensions' | 'unit'>,
    at: number,
    datum: Datum,
  ): void;
}

export function createArchive(): Archive {
  const places = new Map<string, Map<string, Kept>>();
  return {
    series: (account, region) => [...(places.get(`${account}/${region}`)?.values() ?? [])],
    put(account, region, metric, at, datum) {
      const place = places.get(`${account}/${region}`) ?? new Map<string, Kept>();
      places.set(`${account}/${region}`, place);
      const minutes = place.get(seriesKey(metric))?.minutes ?? new Map<number, Datum>();
      const minute = Math.floor(at / MINUTE) * MINUTE;
      const before = minutes.get(minute);
      minutes.set(minute, before === undefined ? datum : mergeData([before, datum]));
      place.set(seriesKey(metric), { ...metric, minutes, datum: (asked) => minutes.get(asked) });
    },
  };
}
