import * as v from 'valibot';
import { instantSchema } from '../units/index.ts';

const nameSchema = v.pipe(v.string(), v.nonEmpty('expected a name'));
const categorySchema = v.picklist(['new', 'indeterminate', 'done']);
const transitionSchema = v.strictObject({
  id: v.pipe(v.string(), v.regex(/^\d+$/, 'expected a number in quotes')),
  name: nameSchema,
  /** The status it leads to. */
  to: nameSchema,
  /** The only status in which it can be had; by default any. */
  from: v.optional(nameSchema),
});

const approvalSchema = v.strictObject({
  name: nameSchema,
  decision: v.picklist(['approved', 'declined', 'pending']),
});

const issueSchema = v.strictObject({
  key: v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9_]+-[1-9]\d*$/, 'expected a key such as CHG-101')),
  status: nameSchema,
  'status-category': v.optional(categorySchema),
  summary: v.optional(v.string(), ''),
  type: v.optional(nameSchema, 'Change'),
  labels: v.optional(v.array(nameSchema), []),
  'planned-start': v.optional(instantSchema),
  'planned-end': v.optional(instantSchema),
  /** Values of further fields by their ID. */
  fields: v.optional(v.record(v.string(), v.unknown()), {}),
  /** Of Jira Service Management, in the order in which they were asked for. */
  approvals: v.optional(v.array(approvalSchema), []),
  transitions: v.optional(v.array(transitionSchema), []),
});

const projectSchema = v.strictObject({
  key: v.pipe(v.string(), v.regex(/^[A-Z][A-Z0-9_]+$/, 'expected a project key such as CHG')),
  /** The status of a new issue. */
  status: v.optional(nameSchema, 'Open'),
  'issue-types': v.optional(v.array(nameSchema), ['Change', 'Task']),
  /** What new issues can do. */
  transitions: v.optional(v.array(transitionSchema), []),
});

const userSchema = v.strictObject({
  user: nameSchema,
  token: nameSchema,
  /** A token with scopes is taken on the API host alone, a classic one on the site alone. */
  scoped: v.optional(v.boolean(), false),
});

/** The Jira site of a world. */
export const jiraSchema = v.strictObject({
  /** The origin that the team's own files call the site by; rehearsed processes find it here. */
  site: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^https:\/\/[^/]+$/, 'expected an origin such as https://example.atlassian.net'),
    ),
  ),
  issues: v.optional(v.array(issueSchema), []),
  /** Those of the issues are known without being listed. */
  projects: v.optional(v.array(projectSchema), []),
  /** Names of custom fields by ID, beside `Planned start` (customfield_10061) and `Planned end` (customfield_10062). */
  fields: v.optional(
    v.record(
      v.pipe(v.string(), v.regex(/^customfield_\d+$/, 'expected customfield_ and a number')),
      nameSchema,
    ),
    {},
  ),
  /** Who may ask. Without them anybody may who gives a user and a token. */
  users: v.optional(v.array(userSchema)),
});

export type JiraDefinition = v.InferOutput<typeof jiraSchema>;
export type TransitionDefinition = v.InferOutput<typeof transitionSchema>;
export type ProjectDefinition = v.InferOutput<typeof projectSchema>;
export type ApprovalDefinition = v.InferOutput<typeof approvalSchema>;
export type Category = v.InferOutput<typeof categorySchema>;
