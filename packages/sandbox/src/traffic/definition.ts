import * as v from 'valibot';
import { durationSchema, instantSchema, percentSchema } from '../units/index.ts';

const latencySchema = v.pipe(
  v.strictObject({ median: durationSchema, p95: durationSchema }),
  v.check(
    ({ median, p95 }) => median > 0 && p95 >= median,
    'expected 0 < median ≤ p95: latency is lognormal and is given by these two',
  ),
);

const coldStartSchema = v.strictObject({
  /** Added to the latency of a cold invocation. */
  extra: durationSchema,
  /** How long after a version first got traffic its cold starts last, in minutes. */
  minutes: v.pipe(v.number(), v.minValue(0)),
  /** The share of the invocations in that time that start cold. */
  share: percentSchema,
});

const burstSchema = v.strictObject({
  at: instantSchema,
  for: durationSchema,
  /** The factor on the rate while it lasts. */
  times: v.pipe(v.number(), v.minValue(0)),
});

const requestsSchema = v.pipe(v.number(), v.minValue(0), v.maxValue(1_000_000));

const rateSchema = v.union(
  [
    v.pipe(
      requestsSchema,
      v.transform((base) => ({
        base,
        curve: 'flat' as const,
        bursts: [] as v.InferOutput<typeof burstSchema>[],
      })),
    ),
    v.strictObject({
      base: requestsSchema,
      curve: v.optional(v.picklist(['flat', 'daily']), 'flat'),
      bursts: v.optional(v.array(burstSchema), []),
    }),
  ],
  'expected requests per minute as a number from 0 to 1000000, or as { base, curve: flat | daily, bursts }',
);

const versionSchema = v.strictObject({
  'error-rate': v.optional(percentSchema),
  latency: v.optional(latencySchema),
  'cold-start': v.optional(coldStartSchema),
  /** When this begins to hold, counted from the version's first traffic. */
  from: v.optional(durationSchema, '0m'),
});

const incidentSchema = v.strictObject({
  at: instantSchema,
  for: durationSchema,
  'error-rate': v.optional(percentSchema, '0%'),
  'throttle-rate': v.optional(percentSchema, '0%'),
  /** The factor on every latency while it lasts. */
  slower: v.optional(v.pipe(v.number(), v.minValue(0)), 1),
});

/** The traffic of one alias, as a world file states it. */
export const trafficSchema = v.strictObject({
  account: v.pipe(v.string(), v.nonEmpty()),
  /** Where the account's own region is not meant. */
  region: v.optional(v.string()),
  function: v.pipe(v.string(), v.nonEmpty()),
  alias: v.pipe(v.string(), v.nonEmpty()),
  'requests-per-minute': rateSchema,
  /** Of every version that states none of its own. */
  'error-rate': v.optional(percentSchema, '0%'),
  latency: v.optional(latencySchema, { median: '40ms', p95: '120ms' }),
  /** The share of the requests that Lambda refuses before any version runs. */
  'throttle-rate': v.optional(percentSchema, '0%'),
  'cold-start': v.optional(coldStartSchema),
  versions: v.optional(
    v.record(
      v.pipe(v.string(), v.regex(/^(\$LATEST|\d+)$/, "expected a version's number as the key")),
      versionSchema,
    ),
    {},
  ),
  /** What hits all versions alike. */
  incidents: v.optional(v.array(incidentSchema), []),
  /** How long after its end a minute's metrics appear. */
  settle: v.optional(durationSchema, '2m'),
  /** The share of the newest visible minute that is not counted yet; a minute later it is. */
  late: v.optional(percentSchema, '0%'),
});

export type TrafficDefinition = v.InferOutput<typeof trafficSchema>;
export type Latency = v.InferOutput<typeof latencySchema>;
