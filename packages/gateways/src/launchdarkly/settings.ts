import type {
  Clause,
  Flag,
  FlagInEnvironment,
  FlagPart,
  FlagSettings,
  Rollout,
  Rule,
  Served,
  Target,
} from '@promo-actions/core/flags';
import { oneLine } from '@promo-actions/core/foreign-text';

interface RolloutAnswer {
  readonly variations: readonly { readonly variation: number; readonly weight: number }[];
  readonly bucketBy?: string;
  readonly contextKind?: string;
  readonly experimentAllocation?: unknown;
}
interface ServedAnswer {
  readonly variation?: number;
  readonly rollout?: RolloutAnswer;
}
interface RuleAnswer extends ServedAnswer {
  readonly clauses: readonly {
    readonly attribute: string;
    readonly op: string;
    readonly values: readonly unknown[];
    readonly contextKind?: string;
    readonly negate: boolean;
  }[];
  readonly description?: string;
  readonly trackEvents?: boolean;
  readonly disabled?: boolean;
}
interface TargetAnswer {
  readonly values: readonly string[];
  readonly variation: number;
  readonly contextKind?: string;
}
interface ConfigAnswer {
  readonly on: boolean;
  readonly version: number;
  readonly rules?: readonly RuleAnswer[];
  readonly fallthrough?: ServedAnswer;
  readonly offVariation?: number;
  readonly targets?: readonly TargetAnswer[];
  readonly contextTargets?: readonly TargetAnswer[];
  readonly prerequisites?: readonly { readonly key: string; readonly variation: number }[];
  readonly _site?: { readonly href: string };
}
export interface FlagAnswer {
  readonly key: string;
  readonly tags: readonly string[];
  readonly archived: boolean;
  readonly variations: readonly { readonly _id?: string; readonly value: unknown; readonly name?: string }[];
  readonly environments?: Readonly<Record<string, ConfigAnswer>>;
}

/** A flag as LaunchDarkly tells it, in the one form that settings are compared in. */
export function toFlag(
  { key, tags, archived, variations, environments = {} }: FlagAnswer,
  baseUrl: string,
): Flag {
  return {
    key,
    tags,
    archived,
    variations: variations.map(({ name, value }) => oneLine(name || JSON.stringify(value)).slice(0, 40)),
    environments: Object.fromEntries(
      Object.entries(environments).map(([environment, config]) => [environment, toSettings(config, baseUrl)]),
    ),
  };
}

function toSettings(config: ConfigAnswer, baseUrl: string): FlagInEnvironment {
  const settings: FlagSettings = {
    on: config.on,
    rules: (config.rules ?? []).map(toRule),
    fallthrough: toServed(config.fallthrough ?? {}),
    'off-variation': config.offVariation ?? null,
    targets: toTargets([...(config.targets ?? []), ...(config.contextTargets ?? [])]),
    prerequisites: (config.prerequisites ?? [])
      .map(({ key, variation }) => ({ flag: key, variation }))
      .sort((a, b) => (a.flag < b.flag ? -1 : 1)),
  };
  return { version: config.version, settings, url: `${baseUrl}${config._site?.href ?? ''}` };
}

function toRule({ clauses, description, trackEvents, disabled, ...served }: RuleAnswer): Rule {
  return {
    clauses: clauses.map(
      ({ attribute, op, values, negate, contextKind }): Clause => ({
        contextKind: contextKind || 'user',
        attribute,
        op,
        negate,
        values,
      }),
    ),
    description: description ?? '',
    trackEvents: trackEvents ?? false,
    disabled: disabled ?? false,
    ...toServed(served),
  };
}

function toServed({ variation, rollout }: ServedAnswer): Served {
  if (!rollout) return variation === undefined ? {} : { variation };
  return {
    rollout: {
      weights: rollout.variations.map((it) => ({ variation: it.variation, weight: it.weight })),
      contextKind: rollout.contextKind || 'user',
      bucketBy: rollout.bucketBy || 'key',
      ...(rollout.experimentAllocation ? { experiment: true } : {}),
    },
  };
}

/** Contexts of other kinds stand in a list of their own, in which those of users leave empty places: one list, sorted. */
function toTargets(answers: readonly TargetAnswer[]): readonly Target[] {
  return answers
    .filter(({ values }) => values.length > 0)
    .map(({ contextKind, variation, values }) => ({
      contextKind: contextKind || 'user',
      variation,
      values: [...values].sort(),
    }))
    .sort((a, b) =>
      a.contextKind === b.contextKind ? a.variation - b.variation : a.contextKind < b.contextKind ? -1 : 1,
    );
}

export type Instruction = Readonly<Record<string, unknown>>;

/** The IDs of a flag's variations, in their order. */
export type VariationIds = readonly string[];

/** The semantic patch that gives a flag the wanted parts. @param idsOf the variations of a prerequisite flag */
export function instructionsFor(
  wanted: FlagSettings,
  parts: readonly FlagPart[],
  ids: VariationIds,
  idsOf: (flag: string) => VariationIds,
): readonly Instruction[] {
  return parts.map((part) => instructionFor(part, wanted, ids, idsOf));
}

function instructionFor(
  part: FlagPart,
  wanted: FlagSettings,
  ids: VariationIds,
  idsOf: (flag: string) => VariationIds,
): Instruction {
  switch (part) {
    case 'on':
      return { kind: wanted.on ? 'turnFlagOn' : 'turnFlagOff' };
    case 'off-variation':
      return { kind: 'updateOffVariation', variationId: ids[wanted[part] ?? -1] };
    case 'fallthrough':
      return { kind: 'updateFallthroughVariationOrRollout', ...servedInstruction(wanted[part], ids) };
    case 'rules':
      return {
        kind: 'replaceRules',
        rules: wanted.rules.map(({ clauses, description, trackEvents, ...served }) => ({
          clauses,
          ...(description ? { description } : {}),
          trackEvents,
          ...servedInstruction(served, ids),
        })),
      };
    case 'targets':
      return {
        kind: 'replaceTargets',
        targets: wanted.targets.map(({ contextKind, variation, values }) => ({
          contextKind,
          variationId: ids[variation],
          values,
        })),
      };
    case 'prerequisites':
      return {
        kind: 'replacePrerequisites',
        prerequisites: wanted.prerequisites.map(({ flag, variation }) => ({
          key: flag,
          variationId: idsOf(flag)[variation],
        })),
      };
  }
}

function servedInstruction({ variation, rollout }: Served, ids: VariationIds): Instruction {
  return rollout ? rolloutInstruction(rollout, ids) : { variationId: ids[variation ?? -1] };
}

function rolloutInstruction({ weights, contextKind, bucketBy }: Rollout, ids: VariationIds): Instruction {
  return {
    rolloutWeights: Object.fromEntries(weights.map(({ variation, weight }) => [ids[variation], weight])),
    rolloutContextKind: contextKind,
    ...(bucketBy === 'key' ? {} : { rolloutBucketBy: bucketBy }),
  };
}
