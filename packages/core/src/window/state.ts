import { occurrences } from './resolve.ts';
import type { Rule } from './rule.ts';
import { always, intersect, type Span, spanAt, subtract, union } from './span.ts';
import { localTime, until } from './tell.ts';

/** A span outside of which nothing may happen, such as the planned time of a change ticket. */
export interface Bound extends Span {
  /** As messages name it: "the planned time of CHG-101". */
  readonly label: string;
}

/** When an environment may be changed. */
export interface Calendar {
  /** Open while any of them is; undefined when none is defined, which is always open. An empty list is never open. */
  readonly windows: readonly Rule[] | undefined;
  /** Closed while any of them is, whatever the windows say. */
  readonly freezes: readonly Rule[];
  /** Must all hold as well. */
  readonly bounds?: readonly Bound[];
  /** IANA name; of rules that name none, and of the messages. */
  readonly timeZone: string;
}

export interface WindowState {
  readonly open: boolean;
  /** The instant it closes, epoch milliseconds; undefined when closed, or when it stays open beyond the horizon. */
  readonly closesAt?: number;
  /** The next instant after now that it opens; undefined when there is none within the horizon. */
  readonly nextOpensAt?: number;
  /** Why it is open or closed, as a sentence. */
  readonly reason: string;
}

const day = 86_400_000;

/** How far ahead openings are looked for: more than a year of freeze is told as "no opening in sight". */
export const horizon = 400 * day;

/** Most answers lie in the next days; the rest is looked at only when they do not. */
const looks = [9 * day, 40 * day, horizon];

/** Whether the calendar is open at an instant, when that changes, and why. Windows are half-open: closed at their end. */
export function windowState(calendar: Calendar, at: number): WindowState {
  for (const ahead of looks) {
    const within = { start: at, end: at + ahead };
    const spans = openSpans(calendar, within);
    const current = spanAt(spans, at);
    const next = spans.find((span) => span.start > at);
    const known = next !== undefined && (current === undefined || current.end < within.end);
    if (!known && ahead < horizon) continue;
    const closesAt = current && current.end < within.end ? current.end : undefined;
    return {
      open: current !== undefined,
      ...(closesAt === undefined ? {} : { closesAt }),
      ...(next ? { nextOpensAt: next.start } : {}),
      reason: current ? whyOpen(calendar, at, closesAt) : whyClosed(calendar, at, next?.start),
    };
  }
  throw new Error('the last look always answers');
}

/**
 * The first instant from `from` on, and not after `latest`, at which the calendar is open and stays so for `required`
 * milliseconds; undefined when there is none within the horizon.
 */
export function nextFit(
  calendar: Calendar,
  from: number,
  required: number,
  latest: number = Number.POSITIVE_INFINITY,
): number | undefined {
  for (const ahead of looks) {
    const within = { start: from, end: from + ahead };
    const fits = (span: Span) => span.end - span.start >= required;
    const found = openSpans(calendar, within).find(fits);
    if (found) return found.start <= latest ? found.start : undefined;
  }
  return undefined;
}

/** Every time within the span that the calendar is open, in order, cut to the span. */
function openSpans(calendar: Calendar, within: Span): readonly Span[] {
  const { timeZone } = calendar;
  const opened = calendar.windows?.flatMap((rule) => occurrences(rule, within, 'window', timeZone)) ?? [
    always,
  ];
  const frozen = calendar.freezes.flatMap((rule) => occurrences(rule, within, 'freeze', timeZone));
  let spans = intersect(subtract(opened, frozen), [within]);
  for (const bound of calendar.bounds ?? []) spans = intersect(spans, [bound]);
  return spans;
}

/** The whole times at which the calendar is open and which touch the span, in order: from before it to after it, up to the horizon. */
export function openings(calendar: Calendar, within: Span): readonly Span[] {
  const wide = { start: within.start - 40 * day, end: within.start + horizon };
  return openSpans(calendar, wide)
    .filter((span) => span.end > within.start && span.start < within.end)
    .map(({ start, end }) => ({
      start: start > wide.start ? start : Number.NEGATIVE_INFINITY,
      end: end < wide.end ? end : Number.POSITIVE_INFINITY,
    }));
}

/** A time at which nothing may be changed, and what says so. */
export interface Frozen extends Span {
  readonly rule: Rule;
}

/** Every freeze that touches the span, in order. */
export function frozenTimes(calendar: Calendar, within: Span): readonly Frozen[] {
  return calendar.freezes
    .flatMap((rule) => occurrences(rule, within, 'freeze', calendar.timeZone))
    .filter((one) => one.start < one.end && one.end > within.start && one.start < within.end)
    .sort((a, b) => a.start - b.start);
}

/** Windows within the span that daylight saving leaves no time for, each with the instant it would have been. */
export function skippedWindows(calendar: Calendar, within: Span): readonly { rule: Rule; at: number }[] {
  const all =
    calendar.windows?.flatMap((rule) => occurrences(rule, within, 'window', calendar.timeZone)) ?? [];
  return all
    .filter((one) => one.end <= one.start && within.start <= one.start && one.end < within.end)
    .map(({ rule, start }) => ({ rule, at: start }));
}

function whyOpen(calendar: Calendar, at: number, closesAt: number | undefined): string {
  const zone = calendar.timeZone;
  const by =
    calendar.windows === undefined
      ? 'no windows are defined'
      : `by ${active(calendar.windows, at, 'window', zone)}`;
  if (closesAt === undefined) return `Open: ${by}; no end is in sight.`;
  return `Open: ${by}; closes ${localTime(closesAt, zone)}, ${until(closesAt, at)}${whyThen(calendar, closesAt)}.`;
}

/** What closes it before its window ends. */
function whyThen(calendar: Calendar, closesAt: number): string {
  const frozen = active(calendar.freezes, closesAt, 'freeze', calendar.timeZone);
  const ended = (calendar.bounds ?? []).filter(({ end }) => end === closesAt).map(({ label }) => label);
  return [frozen ? `, when ${frozen} freezes it` : '', ...ended.map((label) => `, when ${label} ends`)].join(
    '',
  );
}

function whyClosed(calendar: Calendar, at: number, opensAt: number | undefined): string {
  const zone = calendar.timeZone;
  const opens =
    opensAt === undefined
      ? `No opening is in sight for ${horizon / day} days.`
      : `Opens ${localTime(opensAt, zone)}, ${until(opensAt, at)}.`;
  const skipped = skippedWindows(calendar, { start: at - day, end: opensAt ?? at + 8 * day }).map(
    ({ rule, at: when }) => ` Daylight saving skips \`${rule.label}\` on ${localTime(when, zone)}.`,
  );
  return `Closed: ${causes(calendar, at).join('; ')}. ${opens}${skipped.join('')}`;
}

function causes(calendar: Calendar, at: number): readonly string[] {
  const zone = calendar.timeZone;
  const found: string[] = [];
  const frozen = active(calendar.freezes, at, 'freeze', zone);
  if (frozen) found.push(`frozen by ${frozen}`);
  if (calendar.windows && !active(calendar.windows, at, 'window', zone))
    found.push(
      calendar.windows.length === 0 ? 'there is no window at all' : `outside of ${labels(calendar.windows)}`,
    );
  for (const bound of calendar.bounds ?? [])
    if (!spanAt([bound], at)) found.push(`outside of ${bound.label}`);
  return found;
}

function active(rules: readonly Rule[], at: number, reading: 'window' | 'freeze', zone: string): string {
  const within = { start: at, end: at + 1 };
  return labels(rules.filter((rule) => spanAt(union(occurrences(rule, within, reading, zone)), at)));
}

/** A feed may hold hundreds of events; a message names the first few. */
function labels(rules: readonly Rule[]): string {
  const named = rules.slice(0, 4).map((rule) => `\`${rule.label}\``);
  return rules.length > 4 ? `${named.join(', ')} and ${rules.length - 4} more` : named.join(', ');
}
