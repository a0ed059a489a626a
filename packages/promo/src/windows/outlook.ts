import { formatInstant } from '@promo-actions/core/clock';
import {
  type Calendar,
  frozenTimes,
  openings,
  type Rule,
  readFeed,
  type Span,
  windowState,
  zoneOf,
} from '@promo-actions/core/window';
import type { PolicyFile } from '../policy/index.ts';

/** When one environment may be changed in the coming days. Instants are ISO 8601 in UTC. */
export interface Outlook {
  readonly environment: string;
  readonly service: string;
  readonly at: string;
  readonly timeZone: string;
  /** Whether anything closes it at all. */
  readonly restricted: boolean;
  readonly open: boolean;
  /** Why it is open or closed, as a sentence. */
  readonly reason: string;
  /** Without `opens` it has been open for long, without `closes` no end is in sight. */
  readonly openings: readonly {
    readonly opens?: string;
    readonly closes?: string;
    /** Whether the time that a promotion needs fits into it. */
    readonly fits: boolean;
  }[];
  readonly freezes: readonly { readonly name: string; readonly from: string; readonly to: string }[];
  /** Milliseconds that a promotion needs, by the policy. */
  readonly required: number;
  /** Why the calendar feed of the policy is not part of the openings and freezes. */
  readonly feedMissing?: string;
}

interface Question {
  readonly environment: string;
  readonly service: string;
  readonly span: Span;
}

const action = 'maintenance-window';

/** What the policy says of one environment; its calendar feed is read where it names one. */
export async function outlook(
  { resolutions }: PolicyFile,
  { environment, service, span }: Question,
): Promise<Outlook> {
  const resolution = resolutions.find(
    (one) => one.action === action && one.environment === environment && one.service === service,
  );
  const values: Readonly<Record<string, unknown>> = resolution?.values ?? {};
  const timeZone = zoneOf(values);
  const given = {
    windows: Array.isArray(values.windows) ? (values.windows as readonly Rule[]) : undefined,
    freezes: (values.freezes ?? []) as readonly Rule[],
  };
  const address = typeof values.calendarUrl === 'string' ? values.calendarUrl : undefined;
  const feed = address === undefined ? { events: [] } : await readEvents(address, span.start);
  const asWindows = values.calendarAs === 'windows' && address !== undefined;
  const calendar: Calendar = {
    windows: asWindows ? [...(given.windows ?? []), ...feed.events] : given.windows,
    freezes: asWindows ? given.freezes : [...given.freezes, ...feed.events],
    timeZone,
  };
  const state = windowState(calendar, span.start);
  const required = typeof values.requiredTime === 'number' ? values.requiredTime : 0;
  return {
    environment,
    service,
    at: formatInstant(span.start),
    timeZone,
    restricted: calendar.windows !== undefined || calendar.freezes.length > 0 || feed.missing !== undefined,
    open: state.open && feed.missing === undefined,
    reason:
      feed.missing === undefined
        ? state.reason
        : `Closed: a calendar that cannot be read closes every window. ${feed.missing}`,
    openings: openings(calendar, span).map(({ start, end }) => ({
      ...(Number.isFinite(start) ? { opens: formatInstant(start) } : {}),
      ...(Number.isFinite(end) ? { closes: formatInstant(end) } : {}),
      fits: end - Math.max(start, span.start) >= required,
    })),
    freezes: frozenTimes(calendar, span).map(({ rule, start, end }) => ({
      name: rule.label,
      from: formatInstant(start),
      to: formatInstant(end),
    })),
    required,
    ...(feed.missing === undefined ? {} : { feedMissing: feed.missing }),
  };
}

async function readEvents(
  address: string,
  at: number,
): Promise<{ readonly events: readonly Rule[]; readonly missing?: string }> {
  const { createCalendarFeed } = await import('@promo-actions/gateways/calendar');
  const { machineClock } = await import('@promo-actions/gateways/machine-clock');
  const feed = createCalendarFeed(address, machineClock);
  const reading = await readFeed(feed, undefined, at, machineClock.now(), 0);
  return 'feed' in reading
    ? { events: reading.feed.events }
    : { events: [], missing: reading.unreadable.message };
}
