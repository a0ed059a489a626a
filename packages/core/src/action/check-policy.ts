import type { InputProblem } from '../errors/index.ts';
import { type Policy, readPolicy } from '../policy/index.ts';
import { type Contract, camelCase } from './contract.ts';
import type { Input } from './input.ts';
import { isSettable, parseInput } from './resolve.ts';

/** What a policy gives one action for one environment and service. */
export interface Resolution {
  readonly action: string;
  readonly environment: string;
  readonly service: string;
  readonly settings: readonly { readonly input: string; readonly text: string; readonly where: string }[];
  /** The parsed values of the settings and of the contract's defaults; camelCase names. */
  readonly values: Readonly<Record<string, unknown>>;
}

export interface PolicyCheck {
  readonly policy: Policy;
  /** What no action would take, in the order of the file. */
  readonly problems: readonly InputProblem[];
  /** Contradictions that hold unless a step gives one of the inputs itself. */
  readonly doubts: readonly InputProblem[];
  readonly resolutions: readonly Resolution[];
}

/**
 * Everything that can be said of a policy without a run: every unknown name, every value that an action would refuse, every
 * contradiction between values, and what each action is given for each environment and service.
 * @param contracts of every action
 */
export function checkPolicy(text: string, file: string, contracts: readonly Contract[]): PolicyCheck {
  const settable = new Map(contracts.map((contract) => [contract.name, inputsOf(contract)]));
  const vocabulary = Object.fromEntries([...settable].map(([name, inputs]) => [name, [...inputs.keys()]]));
  const { policy, problems } = readPolicy(text, file, vocabulary);
  const wrong = wrongValues(policy, settable);
  const resolutions: Resolution[] = [];
  const contradictions: Contradiction[] = [];
  for (const contract of contracts)
    for (const environment of ['', ...policy.environments])
      for (const service of ['', ...policy.services]) {
        const resolution = resolve(policy, contract, environment, service);
        if (environment !== '') resolutions.push(resolution);
        contradictions.push(...contradictionsOf(contract, resolution));
      }
  const doubted = contradictions.filter(({ certain }) => !certain);
  return {
    policy,
    problems: inOrder([...problems, ...wrong, ...told(contradictions.filter(({ certain }) => certain))]),
    doubts: inOrder(told(doubted.filter((one) => isDoubtful(one, doubted, policy, settable)))),
    resolutions,
  };
}

type Inputs = ReadonlyMap<string, Input<unknown>>;

function inputsOf({ inputs }: Contract): Inputs {
  return new Map(Object.entries(inputs).filter(([name, input]) => isSettable(name, input)));
}

/** A value that stands for all actions must be one for each of them that has the input. */
function wrongValues(policy: Policy, settable: ReadonlyMap<string, Inputs>): readonly InputProblem[] {
  const refusals = policy.entries.flatMap(({ input: name, action, where, text }) =>
    [...settable].flatMap(([each, inputs]) => {
      const input = inputs.get(name);
      if (!input || (action !== undefined && action !== each)) return [];
      const parsed = parseInput(name, input, { text: text(input.structured), where });
      return 'problem' in parsed
        ? [{ action: each, input: name, message: parsed.problem.message, where }]
        : [];
    }),
  );
  return told(refusals);
}

interface Refusal {
  readonly action: string;
  readonly input: string;
  readonly message: string;
  readonly where: string;
}

/** What several actions say of one value is told once, with all their names. */
function told(refusals: readonly Refusal[]): readonly InputProblem[] {
  const actions = new Map<string, Set<string>>();
  const key = ({ where, input, message }: Refusal) => `${where} ${input} ${message}`;
  for (const one of refusals) actions.set(key(one), (actions.get(key(one)) ?? new Set()).add(one.action));
  const first = new Map(refusals.map((one) => [key(one), one]));
  return [...first].map(([which, { input, message, where }]) => ({
    input: `${[...(actions.get(which) ?? [])].join(', ')}: ${input}`,
    message,
    where,
  }));
}

function resolve(policy: Policy, contract: Contract, environment: string, service: string): Resolution {
  const settings: { input: string; text: string; where: string }[] = [];
  const values: Record<string, unknown> = {};
  const query = { action: contract.name, environment, service };
  for (const [name, input] of Object.entries(contract.inputs)) {
    const set = isSettable(name, input)
      ? policy.setting({ ...query, input: name }, input.structured)
      : undefined;
    if (set) settings.push({ input: name, ...set });
    const given = set ?? (input.options.default === undefined ? undefined : { text: input.options.default });
    const parsed = given && parseInput(name, input, given);
    if (parsed && 'value' in parsed) values[camelCase(name)] = parsed.value;
  }
  for (const [name, value] of Object.entries({ environment, service })) if (value) values[name] = value;
  return { ...query, settings, values };
}

/** A value for all actions is used by those that can: it is doubtful when none can. */
function isDoubtful(
  { where, input }: Refusal,
  doubted: readonly Refusal[],
  { entries }: Policy,
  settable: ReadonlyMap<string, Inputs>,
): boolean {
  if (entries.some((entry) => entry.where === where && entry.action !== undefined)) return true;
  const having = [...settable].filter(([, inputs]) => inputs.has(input)).map(([action]) => action);
  return having.every((action) => doubted.some((one) => one.where === where && one.action === action));
}

interface Contradiction extends Refusal {
  readonly certain: boolean;
}

/**
 * What the contract's own check says of the policy's values. It is certain when every input that the message names is said by
 * the policy; a step may give the others.
 */
function contradictionsOf(contract: Contract, { settings, values }: Resolution): readonly Contradiction[] {
  const places = new Map(settings.map(({ input, where }) => [input, where]));
  return (contract.check?.(values) ?? []).flatMap(({ input, message }) => {
    const where = places.get(input);
    if (where === undefined) return [];
    const named = [...message.matchAll(/`([a-z][a-z0-9-]*)`/g)].map(([, name = '']) => name);
    const certain = named.every((name) => !(name in contract.inputs) || camelCase(name) in values);
    return [{ action: contract.name, input, message, where, certain }];
  });
}

/** From the top of the file. */
function inOrder(problems: readonly InputProblem[]): readonly InputProblem[] {
  const place = ({ where = '' }: InputProblem) => (where.match(/\d+/g) ?? []).slice(-2).map(Number);
  return [...problems].sort((a, b) => {
    const [[line = 0, column = 0], [otherLine = 0, otherColumn = 0]] = [place(a), place(b)];
    return line - otherLine || column - otherColumn;
  });
}
