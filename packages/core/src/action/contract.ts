import type { InputProblem } from '../errors/index.ts';
import { flag, type Input, oneOf, text } from './input.ts';

export type InputDeclarations = Readonly<Record<string, Input<unknown>>>;

type Camel<S extends string> = S extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<Camel<Tail>>}`
  : S;

/** Declared inputs as the action's code receives them: camelCase names, parsed values. */
export type InputValues<I extends InputDeclarations> = {
  readonly [K in keyof I & string as Camel<K>]: I[K] extends Input<infer V> ? V : never;
};

/** Outputs as the action's code gives them; undefined is written as an empty output. */
export type OutputValues<O extends string> = {
  readonly [K in O as Camel<K>]: string | number | boolean | undefined;
};

/** `gate` answers with a decision; `change` changes the world and takes `dry-run`; `read` only looks. */
export type Kind = 'gate' | 'change' | 'read';

export interface Permissions {
  /** IAM actions, such as `lambda:UpdateAlias`. */
  readonly aws?: readonly string[];
  /** GITHUB_TOKEN permissions, such as `contents: read`. */
  readonly github?: Readonly<Record<string, 'read' | 'write'>>;
}

/** What one action promises: everything that its action.yml and README say. */
export interface Contract<I extends InputDeclarations = InputDeclarations, O extends string = string> {
  readonly name: string;
  readonly description: string;
  readonly kind: Kind;
  readonly inputs: I;
  /** Each output with its meaning. */
  readonly outputs: Readonly<Record<O, string>>;
  readonly permissions: Permissions;
  /** The `with:` lines of the README's example. */
  readonly example: Readonly<Record<string, string>>;
  /** The condition under which the action's `post` runs, such as `failure() || cancelled()`. */
  readonly postIf?: string;
  /** Contradictions between inputs that are each well-formed; wrong or missing ones are undefined here. */
  readonly check?: (inputs: Partial<InputValues<I>>) => readonly InputProblem[];
}

const environmentInputs = {
  environment: text('The environment the step works on, such as `prod`; chooses the settings of the policy.'),
  service: text('The service that is promoted; chooses the settings of the policy.'),
  policy: text('The policy file in the checkout. It may be absent; then inputs and defaults hold alone.', {
    default: '.github/promotion.yml',
  }),
  summary: flag('Whether to write a section of the job summary.', { default: 'true' }),
};
const gateInputs = {
  mode: oneOf(
    ['enforce', 'warn'],
    '`enforce` fails the step when the gate does not pass; `warn` reports and lets pass.',
    {
      default: 'enforce',
    },
  ),
};
const changeInputs = {
  'dry-run': flag('Says what would be changed and changes nothing.', { default: 'false' }),
};
const gateOutputs = {
  decision: 'What the gate decided: `pass`, `fail`, `hold`, `overridden` or `skipped`.',
  report: 'The whole report as JSON: every check, what was seen, its limit, and what to do.',
};

type Common = typeof environmentInputs;
type OfKind<K extends Kind> = K extends 'gate'
  ? typeof gateInputs
  : K extends 'change'
    ? typeof changeInputs
    : unknown;
type GateOutputs<K extends Kind> = K extends 'gate' ? keyof typeof gateOutputs : never;

interface Definition<K extends Kind, I extends InputDeclarations, O extends string>
  extends Omit<Contract<I & Common & OfKind<K>, O>, 'kind' | 'inputs' | 'outputs'> {
  readonly kind: K;
  readonly inputs: I;
  readonly outputs: Readonly<Record<O, string>>;
}

/** Declares an action; the inputs and outputs common to its kind are added. */
export function defineContract<K extends Kind, const I extends InputDeclarations, const O extends string>(
  definition: Definition<K, I, O>,
): Contract<I & Common & OfKind<K>, O | GateOutputs<K>> & { readonly kind: K } {
  const byKind = definition.kind === 'gate' ? gateInputs : definition.kind === 'change' ? changeInputs : {};
  const inputs = { ...definition.inputs, ...environmentInputs, ...byKind } as I & Common & OfKind<K>;
  const outputs = { ...definition.outputs, ...(definition.kind === 'gate' ? gateOutputs : {}) } as Record<
    O | GateOutputs<K>,
    string
  >;
  return { ...definition, inputs, outputs };
}

/** `dry-run` → `dryRun`. */
export function camelCase(name: string): string {
  return name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
