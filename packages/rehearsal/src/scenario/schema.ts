import { durationSchema, faultSchema, timeSchema, worldSchema } from '@promo-actions/sandbox';
import * as v from 'valibot';

/** A duration with or without a minus, in milliseconds. */
const skewSchema = v.pipe(
  v.string('expected a duration such as 5m or -5m'),
  v.regex(/^-?\d+(\.\d+)?(ms|s|m|h|d)$/, 'expected a duration such as 5m or -5m'),
  v.transform((text) => (text.startsWith('-') ? -1 : 1) * v.parse(durationSchema, text.replace('-', ''))),
);

const scalarSchema = v.union([v.string(), v.number(), v.boolean()], 'expected text, a number, true or false');
const textSchema = v.pipe(scalarSchema, v.transform(String));
const textsSchema = v.record(v.string(), textSchema);
const jsonSchema: v.GenericSchema<unknown> = v.unknown();

const personSchema = v.strictObject({
  login: v.pipe(v.string(), v.nonEmpty()),
  environment: v.pipe(v.string(), v.nonEmpty()),
  answer: v.picklist(['approved', 'rejected'], 'expected approved or rejected'),
  after: v.optional(durationSchema, '0s'),
  comment: v.optional(v.string(), ''),
});

const environmentSchema = v.strictObject({
  reviewers: v.optional(v.array(v.string()), []),
  'prevent-self-review': v.optional(v.boolean(), false),
  'wait-timer': v.optional(durationSchema, '0s'),
  vars: v.optional(textsSchema, {}),
  secrets: v.optional(textsSchema, {}),
});

const incidentSchema = v.union([
  v.strictObject({
    job: v.optional(v.string()),
    step: v.pipe(v.string(), v.nonEmpty()),
    after: v.optional(durationSchema, '0s'),
  }),
  v.strictObject({
    /** Which of the calls that the run makes to AWS, GitHub and Jira, from 1. */
    call: v.pipe(v.number(), v.integer(), v.minValue(1)),
    /** Before the call has its effect, or after it, with the answer lost. */
    when: v.optional(v.picklist(['before', 'after'], 'expected before or after'), 'before'),
  }),
]);

const conclusionSchema = v.picklist(
  ['success', 'failure', 'cancelled', 'skipped'],
  'expected success, failure, cancelled or skipped',
);

const aliasSchema = v.strictObject({
  account: v.string(),
  region: v.optional(v.string()),
  function: v.string(),
  alias: v.string(),
  version: textSchema,
  /** What part of the calls the other version gets, by version. None when it is not said. */
  weights: v.optional(v.record(v.string(), v.number()), {}),
});

const recordsSchema = v.strictObject({
  account: v.string(),
  region: v.optional(v.string()),
  table: v.string(),
  count: v.optional(v.number()),
  /** Only the items that have these values are counted and compared. */
  where: v.optional(textsSchema, {}),
  /** The statuses of those items, oldest first. */
  statuses: v.optional(v.array(v.string())),
});

const parameterSchema = v.strictObject({
  account: v.string(),
  region: v.optional(v.string()),
  name: v.string(),
  value: textSchema,
});

/** One of a thing or a list of them. */
function some<Schema extends v.GenericSchema>(schema: Schema) {
  const single = v.pipe(
    schema,
    v.transform((one) => [one]),
  );
  return v.optional(v.union([v.array(schema), single]), () => []);
}

const expectSchema = v.strictObject({
  outcome: v.picklist(['success', 'failure', 'cancelled'], 'expected success, failure or cancelled'),
  jobs: v.optional(v.record(v.string(), conclusionSchema), {}),
  steps: v.optional(v.record(v.string(), v.record(v.string(), conclusionSchema)), {}),
  outputs: v.optional(v.record(v.string(), textsSchema), {}),
  alias: some(aliasSchema),
  records: some(recordsSchema),
  parameters: some(parameterSchema),
  says: v.optional(v.array(v.string()), []),
  'never-says': v.optional(v.array(v.string()), []),
});

const pathSchema = v.pipe(
  v.string(),
  v.regex(/^(?!\/)(?!(.*\/)?\.\.(\/|$)).+$/, 'expected a path inside the repository'),
);

export const scenarioSchema = v.strictObject({
  name: v.pipe(v.string(), v.nonEmpty()),
  description: v.optional(v.string(), ''),
  workflow: v.optional(v.string()),
  event: v.optional(
    v.union([
      v.pipe(
        v.string(),
        v.transform((name) => ({ name, payload: {} as Record<string, unknown> })),
      ),
      v.strictObject({ name: v.string(), payload: v.optional(v.record(v.string(), jsonSchema), {}) }),
    ]),
  ),
  inputs: v.optional(v.record(v.string(), scalarSchema), {}),
  actor: v.optional(v.string(), 'release-manager'),
  ref: v.optional(v.string()),
  start: v.optional(timeSchema, '2026-03-03T20:00:00Z'),
  seed: v.optional(v.number(), 1),
  vars: v.optional(textsSchema, {}),
  secrets: v.optional(textsSchema, {}),
  people: v.optional(v.array(personSchema), []),
  environments: v.optional(v.record(v.string(), environmentSchema), {}),
  /** The run is cancelled, as by the button, so long after the step began, or at the given call. */
  cancel: v.optional(incidentSchema),
  /** The runner dies at such a moment: its process is killed and nothing more runs in the job. */
  kill: v.optional(incidentSchema),
  /** So long after a run that did not succeed, its failed jobs are run again, as by the button. */
  rerun: v.optional(durationSchema),
  /** How far the runner's clock is ahead of the sandbox's; behind it when negative. */
  'clock-skew': v.optional(skewSchema),
  /** Files that the checkout holds instead of, or beside, the repository's own: path and contents. */
  files: v.optional(v.record(pathSchema, v.string()), {}),
  world: v.optional(worldSchema, {}),
  faults: v.optional(v.array(faultSchema), []),
  expect: expectSchema,
});

export type Scenario = v.InferOutput<typeof scenarioSchema>;
export type Person = Scenario['people'][number];
export type Environment = Scenario['environments'][string];
export type Incident = NonNullable<Scenario['cancel']>;
export type Expect = Scenario['expect'];
