import type { Datum } from './datum.ts';

export type Dimensions = Readonly<Record<string, string>>;

/** One metric as CloudWatch knows it: a namespace, a name and one exact set of dimensions. */
export interface Series {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
  readonly unit: string;
  /** What is visible at `now` of the minute that begins at `minute` (epoch ms); undefined where there is no datapoint. */
  datum(minute: number, now: number): Datum | undefined;
}

/** Where CloudWatch finds metrics. */
export interface MetricSource {
  series(account: string, region: string): readonly Series[];
}
