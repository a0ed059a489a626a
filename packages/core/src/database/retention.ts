import type { Snapshot } from './ports.ts';

/** On every snapshot that this action makes: the workflow run, and the snapshot's own name. */
export const promotionTag = 'promo-actions:promotion';
export const snapshotTag = 'promo-actions:snapshot';

/**
 * Whether this action made a snapshot. Tags alone would not tell: RDS gives those of a snapshot to its copies, to a
 * database restored from it and, where that copies its tags, to the snapshots that people make of it. The name is no other's.
 */
export function isOwn({ id, tags }: Pick<Snapshot, 'id' | 'tags'>): boolean {
  return tags[promotionTag] !== undefined && tags[snapshotTag] === id;
}

export interface Retention {
  readonly count: number;
  /** Milliseconds. */
  readonly age: number;
}

/**
 * The action's own snapshots that are kept no longer: those that failed, that are older, or that have more newer ones
 * than are kept. Never the one just made, nor one that is under way.
 */
export function planPrune(
  snapshots: readonly Snapshot[],
  current: string,
  { count, age }: Retention,
  now: number,
): readonly string[] {
  const own = snapshots.filter((snapshot) => snapshot.id !== current && isOwn(snapshot));
  const failed = own.filter(({ status }) => status === 'failed');
  const whole = own
    .filter(({ status, at }) => status === 'available' && at !== undefined)
    .sort((a, b) => (b.at ?? 0) - (a.at ?? 0) || (a.id < b.id ? 1 : -1));
  const due = whole.filter(({ at = now }, index) => index + 1 >= Math.max(1, count) || now - at > age);
  return [...failed, ...due].map(({ id }) => id);
}

const longest = { instance: 255, cluster: 63 } as const;

/** `promotion-tenants-prod-20260303-200500`, in UTC, as long as RDS allows. */
export function snapshotName(
  prefix: string,
  { kind, id }: { readonly kind: 'instance' | 'cluster'; readonly id: string },
  at: number,
): string {
  const time = new Date(at)
    .toISOString()
    .replace(/[-:]|\.\d+Z/g, '')
    .replace('T', '-');
  const room = longest[kind] - time.length - 1;
  return `${`${prefix}-${id}`.slice(0, room).replace(/-+$/, '')}-${time}`.toLowerCase();
}
