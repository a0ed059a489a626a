import * as v from 'valibot';
import { invalid, TYPES } from './rules.ts';

const name = v.pipe(v.string(), v.minLength(1), v.maxLength(2048));
const decryption = v.optional(v.boolean(), false);
const token = v.optional(v.string());
const upTo = (most: number) =>
  v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most)), most);
const tags = v.array(v.object({ Key: v.string(), Value: v.string() }));
const filters = v.optional(
  v.array(
    v.object({
      Key: v.string(),
      Option: v.optional(v.string()),
      Values: v.optional(v.array(v.string()), []),
    }),
  ),
  [],
);
export type Filter = v.InferOutput<typeof filters>[number];

/** What each operation takes; members that the sandbox has no use for are let through unread. */
export const inputs = {
  PutParameter: v.object({
    Name: name,
    Value: v.string(),
    Type: v.optional(v.picklist(TYPES)),
    Description: v.optional(v.pipe(v.string(), v.maxLength(1024))),
    KeyId: v.optional(v.pipe(v.string(), v.regex(/^[a-zA-Z0-9:/_-]{1,256}$/))),
    Overwrite: v.optional(v.boolean(), false),
    AllowedPattern: v.optional(v.string()),
    Tags: v.optional(tags, []),
    Tier: v.optional(v.picklist(['Standard', 'Advanced', 'Intelligent-Tiering'])),
    DataType: v.optional(v.string()),
  }),
  GetParameter: v.object({ Name: name, WithDecryption: decryption }),
  GetParameters: v.object({
    Names: v.pipe(v.array(name), v.minLength(1), v.maxLength(10)),
    WithDecryption: decryption,
  }),
  GetParametersByPath: v.object({
    Path: name,
    Recursive: v.optional(v.boolean(), false),
    ParameterFilters: filters,
    WithDecryption: decryption,
    MaxResults: upTo(10),
    NextToken: token,
  }),
  GetParameterHistory: v.object({
    Name: name,
    WithDecryption: decryption,
    MaxResults: upTo(50),
    NextToken: token,
  }),
  DescribeParameters: v.object({ ParameterFilters: filters, MaxResults: upTo(50), NextToken: token }),
  DeleteParameter: v.object({ Name: name }),
  DeleteParameters: v.object({ Names: v.pipe(v.array(name), v.minLength(1), v.maxLength(10)) }),
  LabelParameterVersion: v.object({
    Name: name,
    ParameterVersion: v.optional(v.number()),
    Labels: v.pipe(
      v.array(v.pipe(v.string(), v.minLength(1), v.maxLength(100))),
      v.minLength(1),
      v.maxLength(10),
    ),
  }),
  AddTagsToResource: v.object({ ResourceType: v.string(), ResourceId: v.string(), Tags: tags }),
  RemoveTagsFromResource: v.object({
    ResourceType: v.string(),
    ResourceId: v.string(),
    TagKeys: v.array(v.string()),
  }),
  ListTagsForResource: v.object({ ResourceType: v.string(), ResourceId: v.string() }),
} as const;
export type OperationName = keyof typeof inputs;
export type Input<Name extends OperationName> = v.InferOutput<(typeof inputs)[Name]>;

/** Reads an operation's input; all that is wrong is told in one ValidationException, as AWS does. */
export function readInput<Name extends OperationName>(operation: Name, input: unknown): Input<Name> {
  const result = v.safeParse(inputs[operation], input);
  if (result.success) return result.output as Input<Name>;
  const told = result.issues.map((issue) => {
    const path = (v.getDotPath(issue) ?? 'input').replace(/^./, (letter) => letter.toLowerCase());
    const value = issue.input === undefined ? 'null' : JSON.stringify(issue.input).replace(/^"|"$/g, '');
    return `Value '${value}' at '${path}' failed to satisfy constraint: ${issue.message}`;
  });
  throw invalid(`${told.length} validation error${told.length > 1 ? 's' : ''} detected: ${told.join('; ')}`);
}
