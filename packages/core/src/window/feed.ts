import { formatDuration } from '../clock/index.ts';
import { OutsideError } from '../errors/index.ts';
import type { DatedRule } from './rule.ts';

/** What an iCalendar feed said when it was read. */
export interface Feed {
  /** Every event that is not cancelled; repeated ones are expanded. */
  readonly events: readonly DatedRule[];
  /** `sha256:…` of the bytes that were read; the record keeps it. */
  readonly digest: string;
  /** Epoch milliseconds. */
  readonly readAt: number;
}

/** A calendar that others keep: holidays, freezes, change windows. */
export interface CalendarFeed {
  /** The events between two instants. @throws OutsideError when it cannot be read or is no calendar. */
  read(from: number, to: number): Promise<Feed>;
}

/** The last reading of a feed, kept between runs. */
export interface FeedCopy {
  load(): Promise<Feed | undefined>;
  save(feed: Feed): Promise<void>;
}

/** The feed, or what stood in for it. `unreadable` says why there is none: then the calendar is closed. */
export type FeedReading =
  | { readonly feed: Feed; readonly staleBecause?: string }
  | { readonly unreadable: OutsideError };

/** Reads the feed and keeps a copy; a feed that cannot be read is replaced by a copy younger than `copyAge` milliseconds. */
export async function readFeed(
  source: CalendarFeed,
  copy: FeedCopy | undefined,
  span: { readonly start: number; readonly end: number },
  now: number,
  copyAge: number,
): Promise<FeedReading> {
  let feed: Feed;
  try {
    feed = await source.read(span.start, span.end);
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    const kept = await copy?.load();
    if (!kept) return { unreadable: error };
    const age = now - kept.readAt;
    if (age > copyAge) {
      const tooOld = `the copy is ${formatDuration(age)} old, older than ${formatDuration(copyAge)}`;
      const why = [error.failure.why, tooOld].filter(Boolean).join('; ');
      return { unreadable: new OutsideError({ ...error.failure, why }) };
    }
    return { feed: kept, staleBecause: error.message };
  }
  await copy?.save(feed);
  return { feed };
}
