import type { Subject } from '../gate/index.ts';
import type { Method } from './bringing.ts';
import { type FlagPart, flagParts } from './flag.ts';
import type { Notified } from './ports.ts';

/** What both operations are told. */
export interface FlagsOrder {
  readonly subject: Subject;
  readonly project: string;
  /** The environment that is changed. */
  readonly target: string;
  readonly notified: Notified;
  /** Milliseconds to wait for approvals. */
  readonly wait: number;
  readonly dryRun: boolean;
  /** What the service keeps with every change, for people. */
  readonly comment: string;
}

export interface SyncOrder extends FlagsOrder {
  readonly source: string;
  readonly flags: readonly string[];
  readonly tags: readonly string[];
  readonly exclude: readonly string[];
  readonly parts: readonly FlagPart[];
  readonly method: Method;
  readonly withoutFlags: 'fail' | 'pass';
}

/** The parts that are synced: those asked for, or all but those that never are. */
export function partsToSync(
  include: readonly string[] | undefined,
  exclude: readonly string[] | undefined,
): readonly FlagPart[] {
  return flagParts.filter((part) => (include ? include.includes(part) : !exclude?.includes(part)));
}
