import * as v from 'valibot';
import { durationSchema, instantSchema } from '../units/index.ts';

const identifier = v.pipe(
  v.string(),
  v.regex(/^[a-z](-?[a-z0-9])*$/i, 'expected letters, digits and single hyphens, beginning with a letter'),
  v.transform((text) => text.toLowerCase()),
);

/** A snapshot that is there when the world begins. */
const snapshotSchema = v.strictObject({
  id: identifier,
  at: instantSchema,
  type: v.optional(v.picklist(['manual', 'automated']), 'manual'),
  status: v.optional(v.string(), 'available'),
  tags: v.optional(v.record(v.string(), v.string()), {}),
});

const shared = {
  account: v.pipe(v.string(), v.nonEmpty()),
  /** Where the account's own region is not meant. */
  region: v.optional(v.string()),
  engine: v.optional(v.string(), 'postgres'),
  'engine-version': v.optional(v.string(), '16.4'),
  encrypted: v.optional(v.boolean(), true),
  status: v.optional(v.string(), 'available'),
  /** When a status that passes, such as `modifying`, becomes `available`. */
  'available-at': v.optional(instantSchema),
  /** Virtual time until a snapshot is whole. */
  'snapshot-takes': v.optional(durationSchema, '6m'),
  /** What becomes of snapshots. */
  'snapshot-ends': v.optional(v.picklist(['available', 'failed']), 'available'),
  snapshots: v.optional(v.array(snapshotSchema), []),
};

const instanceSchema = v.strictObject({ ...shared, instance: identifier });
const clusterSchema = v.strictObject({
  ...shared,
  cluster: identifier,
  /** DB instances of the cluster. */
  members: v.optional(v.array(identifier), []),
});
/** How many manual snapshots the account may have in its region, of instances and of clusters each. */
const quotaSchema = v.strictObject({
  account: shared.account,
  region: shared.region,
  'snapshot-quota': v.pipe(v.number(), v.integer(), v.minValue(0)),
});

function schemaOf(entry: unknown) {
  if (typeof entry !== 'object' || entry === null) return instanceSchema;
  if ('snapshot-quota' in entry) return quotaSchema;
  return 'cluster' in entry ? clusterSchema : instanceSchema;
}

type Schema = typeof instanceSchema | typeof clusterSchema | typeof quotaSchema;

/** One entry of the world's `rds`: an instance, a cluster, or the account's quota of snapshots. */
export const rdsSchema = v.lazy(schemaOf) as v.GenericSchema<v.InferInput<Schema>, v.InferOutput<Schema>>;
export type RdsDefinition = v.InferOutput<Schema>;
