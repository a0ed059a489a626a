import * as v from 'valibot';

const nameSchema = v.pipe(v.string(), v.nonEmpty('expected a name'));
const filesSchema = v.record(v.pipe(v.string(), v.nonEmpty()), v.string('expected the text of the file'));

const commitSchema = v.strictObject({
  message: v.pipe(v.string(), v.nonEmpty()),
  author: v.optional(nameSchema),
  /** Contents by path that this commit writes. */
  files: v.optional(filesSchema, {}),
});

const growth = {
  /** The branch it left; by default the default branch. */
  from: v.optional(nameSchema),
  commits: v.optional(v.array(commitSchema), []),
  /** Contents by path that one more commit of it writes. */
  files: v.optional(filesSchema, {}),
  /** Takes pull requests alone. */
  protected: v.optional(v.boolean(), false),
};
const grownSchema = v.strictObject(growth);
const branchSchema = v.union(
  [
    v.pipe(
      nameSchema,
      v.transform((name) => branch(name, v.parse(grownSchema, {}))),
    ),
    v.pipe(
      v.strictObject({ name: nameSchema, ...growth }),
      v.transform(({ name, ...grown }) => branch(name, grown)),
    ),
  ],
  'expected a branch: its name, or { name, from, files, commits: [{ message, files }], protected }',
);

function branch(name: string, { files, commits, ...grown }: v.InferOutput<typeof grownSchema>) {
  const paths = Object.keys(files);
  const message = `Change ${paths.length > 3 ? `${paths.length} files` : paths.join(', ')}`;
  const last: CommitDefinition[] = paths.length > 0 ? [{ message, author: undefined, files }] : [];
  return { name, ...grown, commits: [...commits, ...last] };
}
type Branch = ReturnType<typeof branch>;

const listedSchema = v.pipe(
  v.array(branchSchema),
  v.transform((branches) => ({ branches, ordered: true })),
);
const namedSchema = v.pipe(
  v.record(
    nameSchema,
    v.nullable(grownSchema),
    'expected branches: a list of names, or by name { from, files, commits: [{ message, files }], protected }',
  ),
  v.transform((named) => ({
    branches: Object.entries(named).map(([name, grown]) => branch(name, grown ?? v.parse(grownSchema, {}))),
    ordered: false,
  })),
);
/** A list, each made from those before it; or by name, each made from the first commit unless it says where from. */
const branchesSchema = v.lazy((branches) => (Array.isArray(branches) ? listedSchema : namedSchema));

/** The default branch grows when all have left it that leave its first commit; then come those that left another. */
function inOrder({ branches, ordered }: v.InferOutput<typeof branchesSchema>, main: string): Branch[] {
  if (ordered) return branches;
  const first = branches.filter(({ name, from }) => from === undefined && name !== main);
  const order = [...first, ...branches.filter(({ name }) => name === main)];
  for (let left = branches.filter((it) => !order.includes(it)); left.length > 0; ) {
    const ready = left.filter(({ from }) => !left.some(({ name }) => name === from));
    // Those that left one another are told of as they are made.
    order.push(...(ready.length > 0 ? ready : left));
    left = left.filter((it) => !order.includes(it));
  }
  return order;
}

const releaseSchema = v.strictObject({
  tag: nameSchema,
  draft: v.optional(v.boolean(), false),
  prerelease: v.optional(v.boolean(), false),
  /** Where publishing makes the tag, when there is none; by default the default branch. */
  target: v.optional(nameSchema),
  name: v.optional(v.string()),
  body: v.optional(v.string(), ''),
});

const levelSchema = v.picklist(['none', 'read', 'write']);
/** What a token may: one word for everything, or permissions as a job's `permissions:` names them; what is left out is `none`. */
export const permissionsSchema = v.union(
  [v.picklist(['read', 'write']), v.record(v.string(), levelSchema)],
  'expected read, write, or permissions such as { contents: read, deployments: write }',
);

const repositorySchema = v.strictObject({
  repository: v.pipe(v.string(), v.regex(/^[\w.-]+\/[\w.-]+$/, 'expected owner/name')),
  'default-branch': v.optional(nameSchema, 'main'),
  branches: v.optional(branchesSchema, []),
  /** Each tag with the branch whose head it names. */
  tags: v.optional(v.record(nameSchema, nameSchema), {}),
  releases: v.optional(v.array(releaseSchema), []),
  /** Contents of the default branch by path. */
  files: v.optional(filesSchema, {}),
  /** The tokens there are. Without them any token may do everything. */
  tokens: v.optional(v.record(nameSchema, permissionsSchema)),
  /**
   * Where the repository is laid out as a bare one for `git log`, and stays; by default in a temporary folder that goes
   * with the sandbox. Relative to the scenario's folder. An earlier one is replaced, nothing else.
   */
  'repository-folder': v.optional(nameSchema),
});

/** The repository that a world's GitHub holds. */
export const githubSchema = v.pipe(
  repositorySchema,
  v.transform(({ branches, ...rest }) => ({
    ...rest,
    branches: inOrder(branches, rest['default-branch']),
  })),
);

export type GitHubDefinition = v.InferOutput<typeof githubSchema>;
export type CommitDefinition = v.InferOutput<typeof commitSchema>;
export type Permissions = v.InferOutput<typeof permissionsSchema>;
