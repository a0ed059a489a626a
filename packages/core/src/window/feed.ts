import { formatDuration, formatInstant } from '../clock/index.ts';
import { OutsideError } from '../errors/index.ts';
import type { DatedRule } from './rule.ts';
import type { Span } from './span.ts';
import { horizon } from './state.ts';

/** What an iCalendar feed said when it was read. */
export interface Feed {
  /** The time that was read; of what lies outside of it nothing is known. */
  readonly span: Span;
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

/** How far back events are asked of a feed: a freeze that began long ago may still be on. */
const past = 60 * 86_400_000;

/** Clocks of runners differ by seconds; a copy from further ahead was read by a wrong clock, and would be young for ever. */
const clockError = 5 * 60_000;

/**
 * Reads the feed for an instant and keeps a copy; a feed that cannot be read is replaced by a copy younger than `copyAge`
 * milliseconds. Whatever the instant, what is read reaches from now on, so that the copy serves the runs to come.
 */
export async function readFeed(
  source: CalendarFeed,
  copy: FeedCopy | undefined,
  at: number,
  now: number,
  copyAge: number,
): Promise<FeedReading> {
  const span = { start: Math.min(at, now) - past, end: Math.max(at, now) + horizon };
  let feed: Feed;
  try {
    feed = await source.read(span.start, span.end);
  } catch (error) {
    if (!(error instanceof OutsideError)) throw error;
    const kept = await copy?.load();
    if (!kept) return { unreadable: error };
    const unfit = unfitness(kept, span, now, copyAge);
    if (unfit === undefined) return { feed: kept, staleBecause: error.message };
    const why = [error.failure.why, unfit].filter(Boolean).join('; ');
    return { unreadable: new OutsideError({ ...error.failure, why }) };
  }
  await copy?.save(feed);
  return { feed };
}

/** Why the copy cannot stand in for a reading of that span. */
function unfitness({ readAt, span }: Feed, wanted: Span, now: number, copyAge: number): string | undefined {
  const age = now - readAt;
  if (age > copyAge) return `the copy is ${formatDuration(age)} old, older than ${formatDuration(copyAge)}`;
  if (age < -clockError)
    return `the copy says that it was read at ${formatInstant(readAt)}, which is to come`;
  if (span.start <= wanted.start && wanted.end <= span.end + copyAge) return undefined;
  return `the copy knows ${formatInstant(span.start)} to ${formatInstant(span.end)}, which is too little for what is asked`;
}
