import * as v from 'valibot';
import type { Rollout } from './drive.ts';
import { type Outcome, readState } from './state.ts';

/** A rollout as its table keeps it: one item for each alias, whatever number of rollouts it has seen. */
export interface StoredRollout {
  readonly id: string;
  /** Rises with every write; a write names the one it was made on. */
  readonly version: number;
  /** Rises with every run that takes the rollout over. */
  readonly fence: number;
  /** Rises with every rollout of the alias. */
  readonly generation: number;
  readonly status: 'running' | Outcome;
  /** Who drives it now, and until when nobody else may (epoch milliseconds). */
  readonly lease?: { readonly owner: string; readonly until: number };
  /** `job`: the run that began it drives it to its end. `schedule`: whoever comes by takes a step. */
  readonly driver: 'job' | 'schedule';
  /** The address of the run that began it. */
  readonly run: string;
  /** ISO 8601 in UTC. */
  readonly startedAt: string;
  /** ISO 8601 in UTC. */
  readonly updatedAt: string;
  readonly rollout: Rollout;
}

/** The table of rollouts. It may hold items of others. Every write is of one item. */
export interface RolloutStore {
  /** How messages name it: "table `deployments` in af-south-1". */
  readonly place: string;
  /**
   * The item as the last write left it (a consistent read), or undefined.
   * @throws OutsideError where the item is there and is no rollout of this release.
   */
  find(id: string): Promise<StoredRollout | undefined>;
  /** Writes it where the item still has the version given, or is not there for undefined; `'moved'` otherwise. */
  write(stored: StoredRollout, expected: number | undefined): Promise<'written' | 'moved'>;
  /** Those that may be running, as `memberOf` names them. */
  running(): Promise<readonly string[]>;
  enlist(member: string): Promise<void>;
  delist(member: string): Promise<void>;
}

/** The key of an alias's rollouts. */
export function rolloutId(place: {
  readonly environment?: string | undefined;
  readonly service?: string | undefined;
  readonly functionName: string;
  readonly alias: string;
}): string {
  const { environment = '', service = '', functionName, alias } = place;
  return ['rollout', ...[environment, service, functionName, alias].map(encodeURIComponent)].join('#');
}

/** One rollout of an alias among those that run. */
export function memberOf({ id, generation }: Pick<StoredRollout, 'id' | 'generation'>): string {
  return `${id}|${generation}`;
}

/** What `memberOf` wrote; undefined for anything else. */
export function memberParts(member: string): { id: string; generation: number } | undefined {
  const [, id, generation] = /^(.*)\|(\d+)$/.exec(member) ?? [];
  return id === undefined ? undefined : { id, generation: Number(generation) };
}

/** The layout of what is kept; a release that changes it raises the number. */
const format = 1;

const text = v.string();
const texts = v.pipe(v.array(text), v.readonly());
const moment = v.union([v.object({ instant: v.number() }), v.object({ local: text })]);
const zone = v.optional(text);
const rule = v.union([
  v.object({
    kind: v.literal('weekly'),
    days: v.array(v.picklist([1, 2, 3, 4, 5, 6, 7])),
    from: v.number(),
    end: v.union([v.object({ to: v.number() }), v.object({ duration: v.number() })]),
    timeZone: zone,
    label: text,
  }),
  v.object({ kind: v.literal('dated'), from: moment, to: moment, timeZone: zone, label: text }),
]);
const keptSchema = v.object({
  format: v.literal(format),
  state: v.unknown(),
  watch: v.looseObject({
    functionName: text,
    alias: text,
    judge: text,
    limits: v.looseObject({}),
    alarms: texts,
  }),
  hooks: v.object({ before: v.optional(text), after: v.optional(text) }),
  calendar: v.optional(
    v.object({ windows: v.optional(v.array(rule)), freezes: v.array(rule), timeZone: text }),
  ),
  looks: v.number(),
  ringing: texts,
});

/** The rollout as text for its item. */
export function writeRollout(rollout: Rollout): string {
  return JSON.stringify({ format, ...rollout });
}

/** Reads back what `writeRollout` wrote; undefined for anything else, as another release or a person may have left. */
export function readRollout(json: string): Rollout | undefined {
  const read = v.safeParse(keptSchema, parsed(json));
  const state = read.success ? readState(read.output.state) : undefined;
  if (!read.success || !state) return undefined;
  const { format: _, ...rest } = read.output;
  return { ...(rest as unknown as Rollout), state };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
