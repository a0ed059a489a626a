import { seededRandom, seededUuid } from '../kernel/index.ts';
import type {
  ConfigDefinition,
  EnvironmentDefinition,
  FlagDefinition,
  LaunchDarklyDefinition,
  ProjectDefinition,
} from './definition.ts';

export interface Rollout {
  readonly variations: readonly { readonly variation: number; readonly weight: number }[];
  readonly bucketBy?: string;
  readonly contextKind: string;
}
export interface Served {
  readonly variation?: number;
  readonly rollout?: Rollout;
}
export interface Clause {
  readonly _id: string;
  readonly attribute: string;
  readonly op: string;
  readonly values: readonly unknown[];
  readonly contextKind: string;
  readonly negate: boolean;
}
export interface Rule extends Served {
  readonly _id: string;
  readonly clauses: readonly Clause[];
  readonly trackEvents: boolean;
  readonly description?: string;
  readonly disabled?: true;
}
export interface Target {
  readonly contextKind: string;
  readonly variation: number;
  readonly values: readonly string[];
}

/** What copying and patches change of a flag in one environment. */
export interface Settings {
  readonly on: boolean;
  readonly rules: readonly Rule[];
  readonly fallthrough: Served;
  readonly offVariation?: number;
  readonly targets: readonly Target[];
  readonly prerequisites: readonly { readonly key: string; readonly variation: number }[];
}

export interface Config {
  version: number;
  lastModified: number;
  settings: Settings;
}

export interface Variation {
  readonly _id: string;
  readonly value: unknown;
}

export interface Flag {
  readonly key: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly archived: boolean;
  readonly variations: readonly Variation[];
  readonly created: number;
  readonly configs: ReadonlyMap<string, Config>;
  readonly requests: ApprovalRequest[];
}

export interface Review {
  readonly _id: string;
  readonly kind: string;
  readonly memberId: string;
  readonly creationDate: number;
  readonly comment?: string;
}

export interface ApprovalRequest {
  readonly _id: string;
  readonly environment: string;
  readonly created: number;
  readonly requestorId: string;
  readonly description: string;
  readonly notifyMemberIds: readonly string[];
  readonly instructions: readonly unknown[];
  readonly source?: { readonly key: string; readonly version: number };
  /** What it makes of the settings that it meets. */
  readonly effect: (settings: Settings) => Settings;
  readonly reviews: Review[];
  appliedDate?: number;
}

export interface Project {
  readonly key: string;
  readonly environments: ReadonlyMap<string, EnvironmentDefinition>;
  readonly flags: Map<string, Flag>;
}

/** All that the sandbox's LaunchDarkly knows. */
export interface LaunchDarklyState {
  readonly copying: boolean;
  readonly tokens: LaunchDarklyDefinition['tokens'];
  readonly projects: ReadonlyMap<string, Project>;
  newId(): string;
}

/** @throws Error when the definition contradicts itself */
export function createState(definition: LaunchDarklyDefinition | undefined, now: number): LaunchDarklyState {
  const random = seededRandom(1);
  const newId = () => seededUuid(random);
  const projects = (definition?.projects ?? []).map((project) => toProject(project, now, newId));
  return {
    copying: definition?.copying ?? true,
    tokens: definition?.tokens,
    projects: new Map(projects.map((project) => [project.key, project])),
    newId,
  };
}

function toProject(
  { key, environments, flags }: ProjectDefinition,
  now: number,
  newId: () => string,
): Project {
  const names = environments.map((environment) => environment.key);
  for (const flag of flags)
    for (const environment of Object.keys(flag.environments))
      if (!names.includes(environment))
        throw new Error(
          `launchdarkly: flag ${flag.key} has settings in ${environment}, which ${key} does not have; it has ${names.join(', ')}.`,
        );
  return {
    key,
    environments: new Map(environments.map((environment) => [environment.key, environment])),
    flags: new Map(flags.map((flag) => [flag.key, toFlag(flag, names, now, newId)])),
  };
}

function toFlag(
  { key, name, tags, archived, variations, environments }: FlagDefinition,
  names: readonly string[],
  now: number,
  newId: () => string,
): Flag {
  const configs = names.map((environment): [string, Config] => {
    const settings = toSettings(environments[environment], variations.length, newId);
    for (const index of variationsIn(settings))
      if (index >= variations.length)
        throw new Error(`launchdarkly: flag ${key} has no variation ${index}; they are numbered from 0.`);
    return [environment, { version: 1, lastModified: now, settings }];
  });
  return {
    key,
    name: name ?? key,
    tags,
    archived,
    variations: variations.map((value) => ({ _id: newId(), value })),
    created: now,
    configs: new Map(configs),
    requests: [],
  };
}

function variationsIn({ rules, fallthrough, offVariation, targets }: Settings): readonly number[] {
  const served = [fallthrough, ...rules].flatMap(({ variation, rollout }) =>
    rollout ? rollout.variations.map((it) => it.variation) : [variation],
  );
  return [...served, offVariation, ...targets.map(({ variation }) => variation)].filter(
    (it) => it !== undefined,
  );
}

function toSettings(given: ConfigDefinition | undefined, variations: number, newId: () => string): Settings {
  const { fallthrough = 0 } = given ?? {};
  return {
    on: given?.on ?? false,
    offVariation: given?.['off-variation'] ?? variations - 1,
    fallthrough: toServed(typeof fallthrough === 'number' ? { serve: fallthrough } : fallthrough),
    rules: (given?.rules ?? []).map(({ if: clauses, description, disabled, ...rule }) => ({
      _id: newId(),
      clauses: clauses.map(({ kind, ...clause }) => ({ _id: newId(), ...clause, contextKind: kind })),
      trackEvents: rule['track-events'],
      ...(description ? { description } : {}),
      ...(disabled ? { disabled: true as const } : {}),
      ...toServed(rule),
    })),
    targets: (given?.targets ?? []).map(({ serve, kind, keys }) => ({
      contextKind: kind,
      variation: serve,
      values: keys,
    })),
    prerequisites: (given?.prerequisites ?? []).map(({ flag, serve }) => ({ key: flag, variation: serve })),
  };
}

interface ServedDefinition {
  readonly serve: number | Readonly<Record<string, number>>;
  readonly 'bucket-by'?: string | undefined;
  readonly 'bucket-kind'?: string | undefined;
}

/** Weights are in thousandths of a percent. */
function toServed({ serve, 'bucket-by': by, 'bucket-kind': kind }: ServedDefinition): Served {
  if (typeof serve === 'number') return { variation: serve };
  const variations = Object.entries(serve).map(([variation, share]) => ({
    variation: Number(variation),
    weight: Math.round(share * 100_000),
  }));
  return { rollout: { variations, contextKind: kind ?? 'user', ...(by ? { bucketBy: by } : {}) } };
}
