import type { Flag, FlagPart, FlagSettings } from './flag.ts';

export interface FlagEnvironment {
  readonly key: string;
  /** Whether changes of a flag need approval there: of all flags, of those with one of these tags, or of none. */
  readonly approvals: 'all' | 'none' | { readonly tags: readonly string[] };
}

/** One flag's parts, to be brought to what they are meant to be. */
export interface FlagChange {
  readonly flag: Flag;
  readonly target: string;
  /** The parts that differ; nothing else is touched. */
  readonly parts: readonly FlagPart[];
  readonly wanted: FlagSettings;
  /** What the service keeps with the change, for people. */
  readonly comment: string;
}

/** A change that is a copy of another environment, at the version that was read. */
export interface FlagCopy extends FlagChange {
  readonly source: string;
}

/** `conflict`: somebody changed the flag since it was read. `refused`: the plan or the token does not allow copying. */
export type CopyAnswer = 'done' | 'conflict' | { readonly refused: string };

export interface ApprovalRequest {
  readonly id: string;
  /** Carries the mark by which a repeated run finds it. */
  readonly description: string;
  readonly review: 'pending' | 'approved' | 'declined';
  readonly status: 'pending' | 'scheduled' | 'completed' | 'failed';
  /** Where people approve it. */
  readonly url: string;
}

export interface Notified {
  readonly members: readonly string[];
  readonly teams: readonly string[];
}

/** What keeps the flags of a project. Settings are read and written in the domain's one form. */
export interface FlagSystem {
  /** @throws OutsideError when there is no such environment, naming those there are. */
  environment(key: string): Promise<FlagEnvironment>;
  /** Keys of the flags with the tag that are not archived. */
  tagged(tag: string): Promise<readonly string[]>;
  /** The flag with its settings in the environments; undefined when there is none. */
  flag(key: string, environments: readonly string[]): Promise<Flag | undefined>;
  hasSegment(environment: string, segment: string): Promise<boolean>;
  copy(change: FlagCopy): Promise<CopyAnswer>;
  patch(change: FlagChange): Promise<void>;
  requests(flag: Flag, environment: string): Promise<readonly ApprovalRequest[]>;
  requestCopy(change: FlagCopy, notified: Notified): Promise<ApprovalRequest | { readonly refused: string }>;
  requestPatch(change: FlagChange, notified: Notified): Promise<ApprovalRequest>;
  /** Lets an approved request take effect. `refused`: the token may not. */
  apply(
    flag: Flag,
    environment: string,
    request: ApprovalRequest,
  ): Promise<'done' | { readonly refused: string }>;
}
