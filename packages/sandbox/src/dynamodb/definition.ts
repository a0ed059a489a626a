import * as v from 'valibot';

/** A key attribute: its name, or its name with a type other than text. */
const keySchema = v.union(
  [
    v.pipe(
      v.string(),
      v.nonEmpty(),
      v.transform((name) => ({ name, type: 'S' as const })),
    ),
    v.strictObject({ name: v.pipe(v.string(), v.nonEmpty()), type: v.picklist(['S', 'N', 'B']) }),
  ],
  'expected the name of a text attribute, or { name: timestamp, type: N }',
);

/** A table that is there, ready, when the world begins. */
export const dynamoSchema = v.strictObject({
  account: v.pipe(v.string(), v.nonEmpty()),
  /** Where the account's own region is not meant. */
  region: v.optional(v.string()),
  table: v.pipe(
    v.string(),
    v.regex(/^[a-zA-Z0-9_.-]{3,255}$/, 'expected a table name of 3 to 255 letters, digits, _ . or -'),
  ),
  key: keySchema,
  sort: v.optional(keySchema),
  /** Global secondary indexes; they hold all attributes. */
  indexes: v.optional(
    v.array(
      v.strictObject({
        name: v.pipe(v.string(), v.minLength(3)),
        key: keySchema,
        sort: v.optional(keySchema),
      }),
    ),
    [],
  ),
  /** Plain objects: texts, numbers, booleans, null, lists and maps. */
  items: v.optional(v.array(v.record(v.string(), v.unknown())), []),
});
export type TableDefinition = v.InferOutput<typeof dynamoSchema>;
