import { formatDuration, formatInstant } from '../clock/index.ts';
import { oneLine } from '../foreign-text/index.ts';
import { decide, type Finding, type GateReport, type Subject } from '../gate/index.ts';
import { type CalendarFeed, type FeedCopy, type FeedReading, readFeed } from './feed.ts';
import { type Emergency, grantOverride, type ScopedOverride } from './override.ts';
import type { Rule } from './rule.ts';
import { type Bound, type Calendar, nextFit, type WindowState, windowState } from './state.ts';
import { localTime, until } from './tell.ts';

/** What the gate is asked: may a promotion begin at this instant? */
export interface WindowRequest {
  /** Epoch milliseconds; now, or a time that is being planned. */
  readonly at: number;
  readonly windows: readonly Rule[] | undefined;
  readonly freezes: readonly Rule[];
  readonly timeZone: string;
  /** What the feed's events are, and the age in milliseconds up to which a copy stands in for it. */
  readonly feed?: { readonly as: 'freezes' | 'windows'; readonly copyAge: number };
  /** It may begin from `tolerance` milliseconds before `at` to as much after it. */
  readonly scheduled?: { readonly at: number; readonly tolerance: number };
  /** The change ticket's own time; joined with the windows, both must be open. */
  readonly planned?: { readonly start?: number; readonly end?: number; readonly ticket?: string };
  /** Milliseconds that must be left: the sum of all bakes and a reserve for the rollback. */
  readonly required: number;
  /** What a refusal becomes that waiting would mend. */
  readonly whenClosed: 'fail' | 'hold';
  readonly emergency?: Emergency;
  /** Logins that cannot approve their own emergency. */
  readonly requesters: readonly string[];
  readonly subject: Subject;
}

export interface WindowAnswer {
  readonly report: GateReport;
  readonly open: boolean;
  readonly closesAt?: number;
  /** When open and long enough: the opening after this one. Otherwise the next instant at which it can begin. */
  readonly nextOpensAt?: number;
  /** Milliseconds; undefined when no end is in sight. */
  readonly timeLeft?: number;
  readonly feedDigest?: string;
}

interface Ports {
  readonly feed?: CalendarFeed;
  readonly copy?: FeedCopy;
  /** Who approved the emergency in the reviews of the run; asked only when something refuses. */
  readonly approvers?: () => Promise<readonly string[]>;
}

/** The maintenance-window gate: reads the feed, joins everything, and answers with findings that say when to come back. */
export async function checkWindow(request: WindowRequest, ports: Ports, now: number): Promise<WindowAnswer> {
  const reading =
    request.feed && ports.feed
      ? await readFeed(ports.feed, ports.copy, request.at, now, request.feed.copyAge)
      : undefined;
  const answer = judgeWindow(request, reading);
  const { emergency } = request;
  if (!emergency || !ports.approvers || answer.report.decision === 'pass') return answer;
  const seen: Emergency = { ...emergency, approvers: await ports.approvers(), approvals: 'seen' };
  return judgeWindow({ ...request, emergency: seen }, reading);
}

/** The same without the world: what the request and the feed amount to. */
export function judgeWindow(request: WindowRequest, reading?: FeedReading): WindowAnswer {
  const { at, required } = request;
  const calendar = calendarOf(request, reading);
  const readable = reading === undefined || 'feed' in reading;
  const state = windowState(calendar, at);
  const open = state.open && readable;
  const fit = readable ? earliestFit(request, calendar) : 'unknown';
  const timeLeft = !open ? 0 : state.closesAt === undefined ? undefined : state.closesAt - at;

  const findings: Finding[] = [windowFinding(request, calendar, state, fit)];
  if (reading) findings.push(feedFinding(request, reading));
  if (open && required > 0) findings.push(timeLeftFinding(request, calendar, timeLeft, fit));
  if (request.scheduled) findings.push(scheduleFinding(request, request.scheduled, fit));

  const emergency = overrideOf(request, findings);
  if (emergency) findings.push(emergency.finding);
  const granted = emergency?.override;
  const decision = decide(findings, granted);
  const nextOpensAt = decision === 'pass' ? state.nextOpensAt : fit === 'unknown' ? undefined : fit;
  return {
    report: {
      gate: 'maintenance-window',
      decision,
      subject: request.subject,
      at: formatInstant(at),
      findings,
      ...(granted ? { override: granted } : {}),
    },
    open,
    ...(open && state.closesAt !== undefined ? { closesAt: state.closesAt } : {}),
    ...(nextOpensAt === undefined ? {} : { nextOpensAt }),
    ...(timeLeft === undefined ? {} : { timeLeft }),
    ...(reading && 'feed' in reading ? { feedDigest: reading.feed.digest } : {}),
  };
}

function calendarOf(request: WindowRequest, reading: FeedReading | undefined): Calendar {
  const events = reading && 'feed' in reading ? reading.feed.events : [];
  const asWindows = request.feed?.as === 'windows' && reading !== undefined;
  const { planned } = request;
  const bounds: Bound[] = planned
    ? [
        {
          start: planned.start ?? Number.NEGATIVE_INFINITY,
          end: planned.end ?? Number.POSITIVE_INFINITY,
          label: plannedLabel(planned, request.timeZone),
        },
      ]
    : [];
  return {
    windows: asWindows ? [...(request.windows ?? []), ...events] : request.windows,
    freezes: asWindows ? request.freezes : [...request.freezes, ...events],
    bounds,
    timeZone: request.timeZone,
  };
}

function plannedLabel(planned: NonNullable<WindowRequest['planned']>, zone: string): string {
  const from = planned.start === undefined ? '' : ` from ${localTime(planned.start, zone)}`;
  const to = planned.end === undefined ? '' : ` to ${localTime(planned.end, zone)}`;
  return `the planned time of ${planned.ticket ?? 'the ticket'} (${`${from}${to}`.trim()})`;
}

/** When it can begin; undefined where no time is in sight, unknown where the calendar could not be read. */
type Fit = number | undefined | 'unknown';

/** The first instant from the asked one on at which everything holds: open, long enough, and at the scheduled time. */
function earliestFit(request: WindowRequest, calendar: Calendar): number | undefined {
  const { at, required, scheduled } = request;
  if (!scheduled) return nextFit(calendar, at, required);
  const from = Math.max(at, scheduled.at - scheduled.tolerance);
  return nextFit(calendar, from, required, scheduled.at + scheduled.tolerance);
}

function windowFinding(request: WindowRequest, calendar: Calendar, state: WindowState, fit: Fit): Finding {
  const rules = [...(calendar.windows ?? []).map((rule) => rule.label)];
  const finding = {
    check: 'window',
    seen: localTime(request.at, calendar.timeZone),
    limit: calendar.windows === undefined ? 'any time without a freeze' : firstFew(rules),
    message: state.reason,
  };
  if (state.open) return { ...finding, outcome: 'pass' };
  return { ...finding, outcome: refused(request, fit), remedy: comeBack(request, fit) };
}

function timeLeftFinding(
  request: WindowRequest,
  calendar: Calendar,
  left: number | undefined,
  fit: Fit,
): Finding {
  const { required } = request;
  const finding = {
    check: 'time left',
    seen: left === undefined ? 'no end in sight' : formatDuration(left),
    limit: `at least ${formatDuration(required)}`,
  };
  if (left === undefined || left >= required)
    return { ...finding, outcome: 'pass', message: 'There is time enough for the bakes and a rollback.' };
  return {
    ...finding,
    outcome: refused(request, fit),
    message: `It closes ${localTime(request.at + left, calendar.timeZone)}, ${until(request.at + left, request.at)}: ${formatDuration(required - left)} short of what the promotion needs.`,
    remedy: comeBack(request, fit),
  };
}

function scheduleFinding(
  request: WindowRequest,
  scheduled: NonNullable<WindowRequest['scheduled']>,
  fit: Fit,
): Finding {
  const { at, timeZone } = request;
  const finding = {
    check: 'scheduled time',
    seen: localTime(at, timeZone),
    limit: `${localTime(scheduled.at, timeZone)} ± ${formatDuration(scheduled.tolerance)}`,
  };
  const first = scheduled.at - scheduled.tolerance;
  const last = scheduled.at + scheduled.tolerance;
  if (at < first) {
    const message = `Too early: it may begin ${localTime(first, timeZone)}, ${until(first, at)}.`;
    return { ...finding, outcome: refused(request, fit), message, remedy: comeBack(request, fit) };
  }
  if (at > last) {
    const message = `Too late: it had to begin by ${localTime(last, timeZone)}, ${formatDuration(at - last)} ago.`;
    return { ...finding, outcome: 'fail', message, remedy: 'Schedule the promotion anew.' };
  }
  return { ...finding, outcome: 'pass', message: 'It begins at its scheduled time.' };
}

function feedFinding(request: WindowRequest, reading: FeedReading): Finding {
  const check = 'calendar feed';
  if ('unreadable' in reading) {
    return {
      check,
      outcome: request.whenClosed,
      seen: 'unreadable',
      limit: 'a calendar, or a copy young enough',
      message: `A calendar that cannot be read closes the window. ${reading.unreadable.message}`,
      remedy: 'Run again when the feed answers, or keep a copy with `calendar-copy`.',
    };
  }
  const { feed, staleBecause } = reading;
  const seen = `${feed.events.length} events, ${feed.digest}`;
  const message = staleBecause
    ? `The copy read at ${formatInstant(feed.readAt)} stands in. ${staleBecause}`
    : `Read at ${formatInstant(feed.readAt)}; its events are ${request.feed?.as}.`;
  return { check, outcome: 'info', seen, message };
}

/** An emergency is looked at only when something refuses; an open window needs none. */
function overrideOf(
  request: WindowRequest,
  findings: readonly Finding[],
): { readonly finding: Finding; readonly override?: ScopedOverride } | undefined {
  const { emergency } = request;
  if (!emergency || decide(findings) === 'pass') return undefined;
  const granted = grantOverride(emergency, request.requesters, request.at);
  const { approvals, ticket, version, environment } = emergency;
  const common = {
    check: 'emergency override',
    limit: 'ticket, reason, two people other than the requester, at most 24 hours',
  };
  if ('override' in granted) {
    const { approvers, expires, reason } = granted.override;
    const how = approvals === 'seen' ? 'by their reviews of this run' : 'as whoever started the run says';
    const message = `${ticket} lets ${version} go to ${environment} until ${expires}: ${approvers.join(' and ')} approved it, ${how}. The reason: ${oneLine(reason).replace(/\.$/, '')}.`;
    return { ...granted, finding: { ...common, outcome: 'info', seen: approvers.join(', '), message } };
  }
  const finding: Finding = {
    ...common,
    outcome: 'fail',
    seen: emergency.approvers.join(', ') || 'nobody',
    message: `The override of ${ticket} for ${version} to ${environment} does not hold: ${granted.problems.join('; ')}.`,
    remedy:
      approvals === 'seen'
        ? 'Have two people who did not ask for it review the environments in `approval-environments`; a rejection ends it.'
        : 'Have two people who did not ask for it approve it, with a new `override-expires`.',
  };
  return { finding };
}

/** Waiting mends a refusal only when a fitting time is still to come. */
function refused(request: WindowRequest, fit: Fit): 'fail' | 'hold' {
  return fit === undefined ? 'fail' : request.whenClosed;
}

function comeBack(request: WindowRequest, fit: Fit): string {
  const { at, timeZone, required } = request;
  if (fit === 'unknown') return 'When it can begin is not known before the calendar can be read.';
  const long = required > 0 ? ` with ${formatDuration(required)} left` : '';
  if (fit === undefined)
    return `No time${long} is in sight: change the windows, the schedule or the plan, or declare an emergency.`;
  if (fit === at) return 'The calendar allows it now.';
  return `Dispatch it again at ${localTime(fit, timeZone)} (${formatInstant(fit)}), ${until(fit, at)}${long ? `, the next opening${long}` : ''}.`;
}

function firstFew(labels: readonly string[]): string {
  if (labels.length === 0) return 'no window';
  return labels.length > 4
    ? `${labels.slice(0, 4).join('; ')} and ${labels.length - 4} more`
    : labels.join('; ');
}
