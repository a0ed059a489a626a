import * as v from 'valibot';

const nameSchema = v.pipe(v.string(), v.nonEmpty('expected a name'));
const filesSchema = v.record(v.pipe(v.string(), v.nonEmpty()), v.string('expected the text of the file'));

const commitSchema = v.strictObject({
  message: v.pipe(v.string(), v.nonEmpty()),
  author: v.optional(nameSchema),
  /** Contents by path that this commit writes. */
  files: v.optional(filesSchema, {}),
});

const branchSchema = v.union(
  [
    v.pipe(
      nameSchema,
      v.transform((name) => ({ name, from: undefined, commits: [] as v.InferOutput<typeof commitSchema>[] })),
    ),
    v.strictObject({
      name: nameSchema,
      /** The branch it left, at its present head; by default the default branch. */
      from: v.optional(nameSchema),
      commits: v.optional(v.array(commitSchema), []),
    }),
  ],
  'expected a branch: its name, or { name, from, commits: [{ message, files }] }',
);

const releaseSchema = v.strictObject({
  tag: nameSchema,
  draft: v.optional(v.boolean(), false),
  prerelease: v.optional(v.boolean(), false),
  /** Where publishing makes the tag, when there is none; by default the default branch. */
  target: v.optional(nameSchema),
  name: v.optional(v.string()),
  body: v.optional(v.string(), ''),
});

export const levelSchema = v.picklist(['none', 'read', 'write']);
/** What a token may: one word for everything, or permissions as a job's `permissions:` names them; what is left out is `none`. */
export const permissionsSchema = v.union(
  [v.picklist(['read', 'write']), v.record(v.string(), levelSchema)],
  'expected read, write, or permissions such as { contents: read, deployments: write }',
);

/** The repository that a world's GitHub holds. */
export const githubSchema = v.strictObject({
  repository: v.pipe(v.string(), v.regex(/^[\w.-]+\/[\w.-]+$/, 'expected owner/name')),
  'default-branch': v.optional(nameSchema, 'main'),
  branches: v.optional(v.array(branchSchema), []),
  /** Each tag with the branch whose head it names. */
  tags: v.optional(v.record(nameSchema, nameSchema), {}),
  releases: v.optional(v.array(releaseSchema), []),
  /** Contents of the default branch by path. */
  files: v.optional(filesSchema, {}),
  /** The tokens there are. Without them any token may do everything. */
  tokens: v.optional(v.record(nameSchema, permissionsSchema)),
});

export type GitHubDefinition = v.InferOutput<typeof githubSchema>;
export type CommitDefinition = v.InferOutput<typeof commitSchema>;
export type Permissions = v.InferOutput<typeof permissionsSchema>;
