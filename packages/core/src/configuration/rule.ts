import * as v from 'valibot';

/** The kinds of parameter that SSM has. */
const parameterTypes = ['String', 'StringList', 'SecureString'] as const;
export type ParameterType = (typeof parameterTypes)[number];

const forms = ['integer', 'number', 'boolean', 'url', 'json'] as const;
export type Form = (typeof forms)[number];

const pattern = v.pipe(
  v.string('expected a regular expression as text'),
  v.check((text) => compiles(text), 'is no regular expression'),
  v.transform((text) => new RegExp(`^(?:${text})$`, 's')),
);

const key = v.pipe(
  v.string('expected the name below the path'),
  v.regex(
    /^[A-Za-z0-9_.*/-]+$/,
    'expected a name below the path, such as `database/url`, or a pattern such as `**/password`',
  ),
  v.transform((text) => text.replace(/^\/+/, '')),
);

const ruleSchema = v.strictObject(
  {
    key,
    /** There must be such a parameter in the target afterwards. */
    required: v.optional(v.boolean('expected true or false'), false),
    type: v.optional(v.picklist(parameterTypes, `expected one of ${parameterTypes.join(', ')}`)),
    /** What the text must read as. */
    form: v.optional(v.picklist(forms, `expected one of ${forms.join(', ')}`)),
    /** The whole value. */
    pattern: v.optional(pattern),
    allowed: v.optional(
      v.pipe(v.array(v.string('expected texts; quote numbers and booleans')), v.nonEmpty('names no value')),
    ),
    /** It belongs to its environment: the target's own is kept, and held to the rest of the rule. */
    'never-copy': v.optional(v.boolean('expected true or false'), false),
  },
  'expected a rule with a `key`, and `required`, `type`, `form`, `pattern`, `allowed` or `never-copy`',
);

/** What parameters of a name must be like in the target. */
export type Rule = v.InferOutput<typeof ruleSchema>;

export const rulesSchema = v.array(ruleSchema, 'expected a list of rules');

function compiles(text: string): boolean {
  try {
    new RegExp(`^(?:${text})$`, 's');
    return true;
  } catch {
    return false;
  }
}
