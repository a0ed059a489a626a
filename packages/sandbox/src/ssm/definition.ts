import * as v from 'valibot';

const place = {
  account: v.pipe(v.string(), v.nonEmpty()),
  /** Where the account's own region is not meant. */
  region: v.optional(v.string()),
};

/** A parameter that is there when the world begins. */
const parameterSchema = v.strictObject({
  ...place,
  name: v.pipe(v.string(), v.nonEmpty()),
  type: v.optional(v.picklist(['String', 'StringList', 'SecureString']), 'String'),
  value: v.pipe(v.string('expected a text; numbers and booleans need quotes'), v.nonEmpty()),
  /** Of a SecureString; AWS's own key where none is named. */
  'key-id': v.optional(v.string()),
  description: v.optional(v.string()),
  tier: v.optional(v.picklist(['Standard', 'Advanced']), 'Standard'),
});

/** A limit on the account's calls: beyond it they are throttled until virtual time has passed. */
const limitSchema = v.strictObject({
  ...place,
  throttle: v.pipe(
    v.string('expected calls a second, such as 40/s'),
    v.regex(/^[1-9]\d*\/s$/, 'expected calls a second, such as 40/s'),
    v.transform((text) => Number.parseInt(text, 10)),
  ),
});

/** One entry of the world's `ssm`: a parameter, or the account's call limit. */
export const ssmSchema = v.lazy((entry) =>
  typeof entry === 'object' && entry !== null && 'throttle' in entry ? limitSchema : parameterSchema,
) as v.GenericSchema<
  v.InferInput<typeof parameterSchema> | v.InferInput<typeof limitSchema>,
  v.InferOutput<typeof parameterSchema> | v.InferOutput<typeof limitSchema>
>;
export type SsmDefinition = v.InferOutput<typeof ssmSchema>;
