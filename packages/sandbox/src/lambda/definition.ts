import * as v from 'valibot';
import { timeSchema } from '../units/index.ts';

const versionNumber = v.pipe(
  v.string("expected a version's number in quotes, such as '2'"),
  v.regex(/^(\$LATEST|[1-9]\d*)$/, "expected a version's number in quotes, such as '2'"),
);
const arnSchema = v.pipe(v.string(), v.startsWith('arn:aws:', 'expected an ARN'));

const versionSchema = v.strictObject({
  /** A folder, which is zipped, or a .zip file; relative to the scenario's file. */
  code: v.pipe(v.string(), v.nonEmpty()),
  description: v.optional(v.pipe(v.string(), v.maxLength(256)), ''),
  /** Where this version's differs from the function's. */
  role: v.optional(arnSchema),
  'dead-letter': v.optional(arnSchema),
  environment: v.optional(
    v.record(v.string(), v.string('expected a text; numbers and booleans need quotes')),
  ),
});

const aliasSchema = v.union(
  [
    v.pipe(
      versionNumber,
      v.transform((version) => ({ version, canary: undefined, weight: 0 })),
    ),
    v.strictObject({
      version: versionNumber,
      /** The additional version and its share of the requests, 0 to 1. */
      canary: v.optional(versionNumber),
      weight: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1)), 0),
    }),
  ],
  "expected a version's number in quotes, such as '2', or { version: '2', canary: '3', weight: 0.1 }",
);

/** A function as a world file states it: its versions are published in order as 1, 2 and so on. */
export const lambdaSchema = v.pipe(
  v.strictObject({
    account: v.pipe(v.string(), v.nonEmpty()),
    /** Where the account's own region is not meant. */
    region: v.optional(v.string()),
    function: v.pipe(
      v.string(),
      v.regex(/^[a-zA-Z0-9-_]{1,64}$/, 'expected a function name: letters, digits, - and _'),
    ),
    runtime: v.optional(v.string(), 'nodejs24.x'),
    handler: v.optional(
      v.pipe(v.string(), v.regex(/^\S+\.\S+$/, 'expected file.export, such as index.handler')),
      'index.handler',
    ),
    /** Seconds. */
    timeout: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(900)), 3),
    /** MB. */
    memory: v.optional(v.pipe(v.number(), v.integer(), v.minValue(128), v.maxValue(10_240)), 128),
    role: v.optional(arnSchema),
    'dead-letter': v.optional(arnSchema),
    description: v.optional(v.pipe(v.string(), v.maxLength(256)), ''),
    environment: v.optional(
      v.record(v.string(), v.string('expected a text; numbers and booleans need quotes')),
      {},
    ),
    versions: v.pipe(v.array(versionSchema), v.minLength(1, 'expected at least one version with its code')),
    aliases: v.optional(v.record(v.string(), aliasSchema), {}),
    'last-modified': v.optional(timeSchema),
  }),
  v.forward(
    v.check(
      ({ versions, aliases }) =>
        Object.values(aliases).every(({ version, canary }) =>
          [version, canary ?? '1'].every((named) => named === '$LATEST' || Number(named) <= versions.length),
        ),
      'an alias names a version that the function does not have; they are numbered from 1 in the order listed',
    ),
    ['aliases'],
  ),
);
export type FunctionDefinition = v.InferOutput<typeof lambdaSchema>;
