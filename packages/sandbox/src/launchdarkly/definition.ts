import * as v from 'valibot';
import { durationSchema, percentSchema } from '../units/index.ts';

const keySchema = v.pipe(
  v.string(),
  v.regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]*$/, 'expected a key such as checkout-v2'),
);
/** A variation's place in the flag's list, from 0. */
const variationSchema = v.pipe(v.number(), v.integer(), v.minValue(0));

/** One variation, or shares of several by their place: `{ '0': 10%, '1': 90% }`. */
const served = {
  serve: v.union(
    [variationSchema, v.record(v.pipe(v.string(), v.regex(/^\d+$/)), percentSchema)],
    "expected a variation's place such as 0, or shares such as { '0': 10%, '1': 90% }",
  ),
  'bucket-by': v.optional(v.string()),
  'bucket-kind': v.optional(v.string()),
};

const clauseSchema = v.strictObject({
  attribute: v.string(),
  op: v.optional(v.string(), 'in'),
  values: v.array(v.unknown()),
  kind: v.optional(v.string(), 'user'),
  negate: v.optional(v.boolean(), false),
});

const configSchema = v.strictObject({
  on: v.optional(v.boolean(), false),
  'off-variation': v.optional(variationSchema),
  fallthrough: v.optional(v.union([variationSchema, v.strictObject(served)]), 0),
  rules: v.optional(
    v.array(
      v.strictObject({
        if: v.array(clauseSchema),
        ...served,
        description: v.optional(v.string()),
        'track-events': v.optional(v.boolean(), false),
        disabled: v.optional(v.boolean(), false),
      }),
    ),
    [],
  ),
  targets: v.optional(
    v.array(
      v.strictObject({
        serve: variationSchema,
        kind: v.optional(v.string(), 'user'),
        keys: v.array(v.string()),
      }),
    ),
    [],
  ),
  prerequisites: v.optional(v.array(v.strictObject({ flag: keySchema, serve: variationSchema })), []),
});

const flagSchema = v.strictObject({
  key: keySchema,
  name: v.optional(v.string()),
  tags: v.optional(v.array(v.string()), []),
  archived: v.optional(v.boolean(), false),
  /** Their values; those of a boolean flag by default. */
  variations: v.optional(v.pipe(v.array(v.unknown()), v.minLength(2)), [true, false]),
  /** By the environment's key; a flag is off where nothing is said. */
  environments: v.optional(v.record(keySchema, configSchema), {}),
});

const approvalsSchema = v.strictObject({
  /** Of all flags, or, with tags, of those that carry one. */
  required: v.optional(v.boolean(), true),
  tags: v.optional(v.array(v.string()), []),
  /** What reviewers answer by themselves, and how long after they are asked; without it somebody has to review. */
  answer: v.optional(v.picklist(['approved', 'declined'])),
  after: v.optional(durationSchema, '0s'),
});

const environmentSchema = v.strictObject({
  key: keySchema,
  approvals: v.optional(approvalsSchema),
  segments: v.optional(v.array(keySchema), []),
});

const tokenSchema = v.strictObject({
  token: v.pipe(v.string(), v.nonEmpty()),
  role: v.optional(v.picklist(['reader', 'writer']), 'writer'),
  /** Whether it may let approved requests take effect. */
  applies: v.optional(v.boolean(), true),
});

/** The LaunchDarkly account of a world. */
export const launchDarklySchema = v.strictObject({
  /** Whether the plan has the copying of flags. */
  copying: v.optional(v.boolean(), true),
  /** Calls that are answered in ten seconds: of the whole account, and of each route. Without it, all. */
  limits: v.optional(
    v.strictObject({
      account: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
      route: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))),
    }),
  ),
  /** Who may ask. Without them anybody may who gives a token. */
  tokens: v.optional(v.array(tokenSchema)),
  projects: v.array(
    v.strictObject({
      key: keySchema,
      environments: v.array(environmentSchema),
      flags: v.optional(v.array(flagSchema), []),
    }),
  ),
});

export type LaunchDarklyDefinition = v.InferOutput<typeof launchDarklySchema>;
export type ProjectDefinition = LaunchDarklyDefinition['projects'][number];
export type EnvironmentDefinition = v.InferOutput<typeof environmentSchema>;
export type FlagDefinition = v.InferOutput<typeof flagSchema>;
export type ConfigDefinition = v.InferOutput<typeof configSchema>;
