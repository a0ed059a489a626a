import type { Attributes } from '../deployment/index.ts';
import type { ParameterType } from './rule.ts';

/** A parameter's latest version. `value` is in clear text, of a SecureString too: it goes from store to store and nowhere else. */
export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly value: string;
  readonly version: number;
  readonly dataType: string;
}

/** What has to be said again with every new version of a parameter, or AWS takes its defaults. */
export interface Traits {
  readonly tier: 'Standard' | 'Advanced';
  /** Of a SecureString. */
  readonly keyId?: string;
  readonly description?: string;
  readonly allowedPattern?: string;
}

/** A new version, or a new parameter. */
export interface Writing extends Traits, Omit<Parameter, 'version'> {}

/** Parameters that are read, in the account and region of the source. */
export interface ConfigurationSource {
  /** How messages name it: "SSM in af-south-1 (as arn:…)". */
  readonly place: string;
  /** All parameters below a path, decrypted. */
  list(path: string): Promise<readonly Parameter[]>;
}

export interface ConfigurationStore extends ConfigurationSource {
  traits(names: readonly string[]): Promise<ReadonlyMap<string, Traits>>;
  /** The versions asked for (the latest where none is), decrypted, by name. What is not there is not in the answer. */
  read(
    wanted: readonly { readonly name: string; readonly version?: number }[],
  ): Promise<ReadonlyMap<string, Parameter>>;
  /** Makes a parameter; `'exists'` when there is one, and nothing was changed. */
  create(parameter: Writing): Promise<number | 'exists'>;
  /** Writes a new version and answers its number. */
  update(parameter: Writing): Promise<number>;
  /** Removes parameters; those that are not there are none to remove. */
  remove(names: readonly string[]): Promise<void>;
}

/** The table that keeps what promotions found. */
export interface NoteStore {
  /** How messages name it: "table `deployments` in af-south-1". */
  readonly place: string;
  find(id: string): Promise<Attributes | undefined>;
  /** Writes the item provided that the table still holds the revision expected, or none; false otherwise. */
  write(item: Attributes, expected: number | undefined): Promise<boolean>;
}
