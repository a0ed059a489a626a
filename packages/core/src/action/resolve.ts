import { InputError, type InputProblem } from '../errors/index.ts';
import { orders, type Policy } from '../policy/index.ts';
import { type Contract, camelCase, type InputDeclarations, type InputValues } from './contract.ts';
import { type Input, Unparsable } from './input.ts';
import type { Runner } from './runner.ts';

interface Given {
  readonly text: string;
  readonly where?: string;
}

/** These choose the policy and the place in it. */
const choosers = ['policy', 'environment', 'service'];

/** Whether a policy may say the input: not its secrets, what the run's context gives, what orders one step, or what chooses the policy's sections. */
export function isSettable(name: string, { options }: Input<unknown>): boolean {
  if (options.secret || options.context !== undefined) return false;
  return !orders.includes(name) && !choosers.includes(name);
}

/**
 * Every input of the contract by the one order of precedence: what the step gives, then what the policy says for this
 * action, environment and service, then the contract's default.
 * @throws InputError naming every missing, wrong and contradictory input at once.
 */
export function resolveInputs<I extends InputDeclarations, O extends string>(
  contract: Contract<I, O>,
  runner: Pick<Runner, 'input' | 'mask'>,
  policy: Policy | undefined,
): InputValues<I> {
  const values: Record<string, unknown> = {};
  const places = new Map<string, string>();
  const place = {
    action: contract.name,
    environment: runner.input('environment'),
    service: runner.input('service'),
  };
  const problems: InputProblem[] = strangers(policy, place);

  for (const [name, input] of Object.entries(contract.inputs)) {
    const explicit = runner.input(name);
    const given =
      explicit !== '' ? { text: explicit } : (policySetting(policy, place, name, input) ?? fallback(input));
    if (given === undefined) {
      if (input.options.required) problems.push(missing(name, input));
      continue;
    }
    if (input.options.secret) runner.mask(given.text);
    if (given.where) places.set(name, given.where);
    const parsed = parseInput(name, input, given);
    if ('problem' in parsed) problems.push(parsed.problem);
    else values[camelCase(name)] = parsed.value;
  }

  const named = new Set(problems.map(({ input }) => input));
  const contradictions = contract.check?.(values as Partial<InputValues<I>>) ?? [];
  for (const problem of contradictions) {
    const where = places.get(problem.input);
    if (!named.has(problem.input)) problems.push(where ? { ...problem, where } : problem);
  }
  if (problems.length > 0) throw new InputError(problems);
  return values as InputValues<I>;
}

/** An environment or service with a slip in its name would go without its windows and limits. */
function strangers(
  policy: Policy | undefined,
  place: { readonly environment: string; readonly service: string },
): InputProblem[] {
  const problems: InputProblem[] = [];
  for (const input of ['environment', 'service'] as const) {
    const name = place[input];
    const known = policy?.[`${input}s`] ?? [];
    if (name === '' || known.length === 0 || known.includes(name)) continue;
    const message = `got "${name}", which ${policy?.file} does not know; it knows ${known.join(', ')}. Mend the name, or add \`${name}: {}\` there under \`${input}s\`.`;
    problems.push({ input, message });
  }
  return problems;
}

function policySetting(
  policy: Policy | undefined,
  place: { action: string; environment: string; service: string },
  name: string,
  input: Input<unknown>,
): Given | undefined {
  if (!policy || !isSettable(name, input)) return undefined;
  return policy.setting({ ...place, input: name }, input.structured);
}

function fallback(input: Input<unknown>): Given | undefined {
  return input.options.default === undefined ? undefined : { text: input.options.default };
}

function missing(name: string, input: Input<unknown>): InputProblem {
  if (input.options.secret)
    return {
      input: name,
      message:
        'is missing or empty. Give it under `with:`; where it comes from a secret, see that the secret is set, and named right.',
    };
  const policyHint = isSettable(name, input) ? `, or set \`${name}\` in the policy` : '';
  return {
    input: name,
    message: `is missing; expected ${input.expected}. Give it under \`with:\`${policyHint}.`,
  };
}

/** The input's value, or what is wrong with what was given. */
export function parseInput(
  name: string,
  input: Input<unknown>,
  given: Given,
): { value: unknown } | { problem: InputProblem } {
  try {
    return { value: input.parse(given.text.trim()) };
  } catch (error) {
    if (!(error instanceof Unparsable)) throw error;
    const got = input.options.secret ? 'the value given' : `"${shorten(given.text)}"`;
    const detail = error.message ? ` (${error.message})` : '';
    const message = `got ${got}${detail}, expected ${input.expected}.`;
    return { problem: given.where ? { input: name, message, where: given.where } : { input: name, message } };
  }
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 77)}…` : line;
}
