/** What of a flag's settings in one environment can be synced on its own. */
export const flagParts = ['on', 'rules', 'fallthrough', 'off-variation', 'targets', 'prerequisites'] as const;
export type FlagPart = (typeof flagParts)[number];

/** What is served: one variation, or shares of several. Variations are named by their place in the flag's list. */
export interface Served {
  readonly variation?: number;
  readonly rollout?: Rollout;
}

export interface Rollout {
  /** In thousandths of a percent, 100,000 in all. */
  readonly weights: readonly { readonly variation: number; readonly weight: number }[];
  /** The kind of context whose attribute decides on the share. */
  readonly contextKind: string;
  readonly bucketBy: string;
  /** Set where the shares belong to an experiment, which cannot be made by a patch. */
  readonly experiment?: true;
}

export interface Clause {
  readonly contextKind: string;
  readonly attribute: string;
  readonly op: string;
  readonly negate: boolean;
  readonly values: readonly unknown[];
}

/** Served to those who match every clause. */
export interface Rule extends Served {
  readonly clauses: readonly Clause[];
  readonly description: string;
  readonly trackEvents: boolean;
  readonly disabled: boolean;
}

/** Contexts that are served a variation by their key. */
export interface Target {
  readonly contextKind: string;
  readonly variation: number;
  /** Sorted. */
  readonly values: readonly string[];
}

/** Another flag that must serve a variation before this one takes effect. */
export interface Prerequisite {
  readonly flag: string;
  readonly variation: number;
}

/** A flag's settings in one environment, by part, in one form whatever the order the service lists them in. */
export interface FlagSettings {
  readonly on: boolean;
  readonly rules: readonly Rule[];
  readonly fallthrough: Served;
  readonly 'off-variation': number | null;
  readonly targets: readonly Target[];
  readonly prerequisites: readonly Prerequisite[];
}

export interface FlagInEnvironment {
  /** Rises with every change in this environment. */
  readonly version: number;
  readonly settings: FlagSettings;
  /** Where people look at it. */
  readonly url: string;
}

export interface Flag {
  readonly key: string;
  readonly tags: readonly string[];
  readonly archived: boolean;
  /** What people call the variations, in their order. */
  readonly variations: readonly string[];
  /** By the environment's key; those that were asked for. */
  readonly environments: Readonly<Record<string, FlagInEnvironment>>;
}
