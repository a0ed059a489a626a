import type { Flag, FlagInEnvironment, FlagPart, FlagSettings } from './flag.ts';
import type { Notified } from './ports.ts';
import type { RestoreItem } from './restore-point.ts';

export type Method = 'auto' | 'copy' | 'patch';

/** What all flags of a step have in common. */
export interface Bringing {
  readonly target: string;
  /** What is copied from; undefined where there is nothing to copy, as in a restore. */
  readonly source: string | undefined;
  readonly parts: readonly FlagPart[];
  /** What the service keeps with every change, for people. */
  readonly comment: string;
  readonly notified: Notified;
  /** How flags are changed; asked each time, for copying may turn out not to be allowed. */
  method(): Method;
  /** Hears what a flag is before it is changed, or approval is asked for. @throws OutsideError, and it is not changed */
  note(item: RestoreItem): Promise<void>;
  /** Told when the plan or the token does not allow copying. */
  onNoCopy(why: string): void;
  /** Whether changes of the flag need approval. */
  needsApproval(flag: Flag): boolean;
  /** What the flag is to become. @throws OutsideError when that can no longer be said. */
  wanted(flag: Flag): FlagSettings;
}

/** Something that people must see to. */
export interface Advice {
  readonly message: string;
  readonly remedy: string;
}

/** What became of one flag. */
export type Brought =
  | { readonly outcome: 'same' }
  | { readonly outcome: 'changed'; readonly changes: readonly string[]; readonly restore: RestoreItem }
  | (Advice & { readonly outcome: 'waiting'; readonly link: string })
  /** `restore` where something was changed, or may have been. */
  | (Advice & { readonly outcome: 'failed'; readonly restore?: RestoreItem; readonly stop: boolean });

/** A flag's settings in an environment that it was read with. */
export function inEnvironment(flag: Flag, environment: string): FlagInEnvironment {
  const found = flag.environments[environment];
  if (!found) throw new Error(`flag ${flag.key} was not read with its settings in ${environment}`);
  return found;
}
