import * as v from 'valibot';
import { instantSchema } from '../units/index.ts';

const stateSchema = v.picklist(['OK', 'ALARM', 'INSUFFICIENT_DATA']);

/** An alarm whose states the world states, with the moments at which they change. */
export const alarmSchema = v.strictObject({
  account: v.pipe(v.string(), v.nonEmpty()),
  /** Where the account's own region is not meant. */
  region: v.optional(v.string()),
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
  description: v.optional(v.string()),
  type: v.optional(v.picklist(['metric', 'composite']), 'metric'),
  state: v.optional(stateSchema, 'OK'),
  changes: v.optional(v.array(v.strictObject({ at: instantSchema, state: stateSchema })), []),
});
export type AlarmDefinition = v.InferOutput<typeof alarmSchema>;
export type AlarmState = v.InferOutput<typeof stateSchema>;

/** A custom metric with the same value in every minute, for ever before and after. */
export const metricSchema = v.strictObject({
  account: v.pipe(v.string(), v.nonEmpty()),
  region: v.optional(v.string()),
  namespace: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
  name: v.pipe(v.string(), v.minLength(1), v.maxLength(255)),
  dimensions: v.optional(v.record(v.string(), v.string()), {}),
  value: v.number(),
  unit: v.optional(v.string(), 'None'),
});
export type MetricDefinition = v.InferOutput<typeof metricSchema>;
