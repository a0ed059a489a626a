import * as v from 'valibot';

/** The AWS accounts of a world, by the short name that its other parts use. */
export const accountsSchema = v.record(
  v.pipe(v.string(), v.nonEmpty()),
  v.strictObject({
    id: v.pipe(
      v.string("expected the account's 12 digits in quotes"),
      v.regex(/^\d{12}$/, 'expected 12 digits, in quotes'),
    ),
    /** Where the account's resources are unless they say otherwise. */
    region: v.optional(
      v.pipe(v.string(), v.regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'expected a region such as af-south-1')),
      'us-east-1',
    ),
    /** The role ARNs that may be assumed. Absent: any role of the account. */
    roles: v.optional(
      v.array(v.pipe(v.string(), v.regex(/^arn:aws:iam::\d{12}:role\/.+$/, 'expected a role ARN'))),
    ),
  }),
);
export type Accounts = v.InferOutput<typeof accountsSchema>;
