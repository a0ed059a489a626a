import type { Flag, LaunchDarklyState, Project, Rollout, Rule, Served, Settings, Target } from './state.ts';
import { type Body, invalid } from './wire.ts';

/** What instructions are read with. */
export interface PatchContext {
  readonly state: Pick<LaunchDarklyState, 'newId'>;
  readonly project: Project;
  readonly flag: Flag;
}

type Apply = (settings: Settings, instruction: Body, context: PatchContext) => Settings;

/** The instructions for targeting that replace a whole part; the finer ones are refused by name. */
const kinds: Readonly<Record<string, Apply>> = {
  turnFlagOn: (settings) => ({ ...settings, on: true }),
  turnFlagOff: (settings) => ({ ...settings, on: false }),
  updateOffVariation: (settings, { variationId }, { flag }) => ({
    ...settings,
    offVariation: variationOf(flag, variationId),
  }),
  updateFallthroughVariationOrRollout: (settings, instruction, { flag }) => ({
    ...settings,
    fallthrough: servedOf(flag, instruction),
  }),
  replaceRules: (settings, { rules }, context) => ({
    ...settings,
    rules: listOf(rules, 'rules').map((rule) => ruleOf(rule, context)),
  }),
  replaceTargets: (settings, { targets }, { flag }) => ({ ...settings, targets: targetsOf(targets, flag) }),
  replacePrerequisites: (settings, { prerequisites }, context) => ({
    ...settings,
    prerequisites: listOf(prerequisites, 'prerequisites').map((it) => prerequisiteOf(it, context)),
  }),
};

/** All of the instructions or none. @throws WireError for the first that is wrong */
export function patched(settings: Settings, instructions: unknown, context: PatchContext): Settings {
  return listOf(instructions, 'instructions').reduce<Settings>((result, instruction) => {
    const apply = kinds[String(instruction.kind)];
    if (!apply) throw invalid(`unknown instruction kind ${instruction.kind}`);
    return apply(result, instruction, context);
  }, settings);
}

function listOf(value: unknown, name: string): readonly Body[] {
  const isObject = (item: unknown) => typeof item === 'object' && item !== null;
  if (Array.isArray(value) && value.every(isObject)) return value as Body[];
  throw invalid(`${name} must be an array of objects`);
}

function variationOf({ key, variations }: Flag, id: unknown): number {
  const index = variations.findIndex(({ _id }) => _id === id);
  if (index < 0) throw invalid(`${id} is not a valid variation ID of ${key}`);
  return index;
}

function servedOf(
  flag: Flag,
  { variationId, rolloutWeights, rolloutContextKind, rolloutBucketBy }: Body,
): Served {
  if (rolloutWeights === undefined) return { variation: variationOf(flag, variationId) };
  if (variationId !== undefined) throw invalid('a rule serves either a variation or a rollout');
  const variations = Object.entries(rolloutWeights as Readonly<Record<string, unknown>>)
    .map(([id, weight]) => ({ variation: variationOf(flag, id), weight: Number(weight) }))
    .sort((a, b) => a.variation - b.variation);
  const sum = variations.reduce((total, { weight }) => total + weight, 0);
  if (sum !== 100_000) throw invalid(`the weights of a rollout must sum to 100000, not ${sum}`);
  const rollout: Rollout = {
    variations,
    contextKind: typeof rolloutContextKind === 'string' ? rolloutContextKind : 'user',
    ...(typeof rolloutBucketBy === 'string' ? { bucketBy: rolloutBucketBy } : {}),
  };
  return { rollout };
}

const operators = new Set([
  'in',
  'endsWith',
  'startsWith',
  'matches',
  'contains',
  'lessThan',
  'lessThanOrEqual',
  'greaterThan',
  'greaterThanOrEqual',
  'before',
  'after',
  'segmentMatch',
  'semVerEqual',
  'semVerLessThan',
  'semVerGreaterThan',
]);

function ruleOf(rule: Body, { state, flag }: PatchContext): Rule {
  const clauses = listOf(rule.clauses, 'clauses').map(({ attribute, op, values, negate, contextKind }) => {
    if (typeof attribute !== 'string' || !Array.isArray(values))
      throw invalid('a clause needs an attribute and values');
    if (!operators.has(String(op))) throw invalid(`unknown operator ${op}`);
    return {
      _id: state.newId(),
      attribute,
      op: String(op),
      values: values as unknown[],
      negate: negate === true,
      contextKind: typeof contextKind === 'string' ? contextKind : 'user',
    };
  });
  return {
    _id: state.newId(),
    clauses,
    trackEvents: rule.trackEvents === true,
    ...(typeof rule.description === 'string' ? { description: rule.description } : {}),
    ...servedOf(flag, rule),
  };
}

function targetsOf(value: unknown, flag: Flag): readonly Target[] {
  const targets = listOf(value, 'targets').map(({ contextKind, variationId, values }): Target => {
    if (!Array.isArray(values)) throw invalid('a target needs values');
    return {
      contextKind: typeof contextKind === 'string' ? contextKind : 'user',
      variation: variationOf(flag, variationId),
      values: values.map(String),
    };
  });
  const seen = new Set<string>();
  for (const { contextKind, values } of targets)
    for (const key of values) {
      const context = `${contextKind} ${key}`;
      if (seen.has(context)) throw invalid('a context key is targeted by more than one variation');
      seen.add(context);
    }
  return targets;
}

function prerequisiteOf({ key, variationId }: Body, { project, flag }: PatchContext) {
  const needed = project.flags.get(String(key));
  if (!needed || needed.key === flag.key) throw invalid(`${key} cannot be a prerequisite of ${flag.key}`);
  return { key: needed.key, variation: variationOf(needed, variationId) };
}
