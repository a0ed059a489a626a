import {
  defineContract,
  duration,
  flag,
  type InputProblem,
  instant,
  list,
  matching,
  oneOf,
  text,
} from '@promo-actions/core/action';
import { rules, zoneProblems } from '@promo-actions/core/window';

export const contract = defineContract({
  name: 'maintenance-window',
  kind: 'gate',
  description:
    'Lets a promotion begin only inside a maintenance window, outside of every freeze, and with time enough left; says when to come back otherwise. Check it at the start, after the approvals, and before traffic rises.',
  inputs: {
    windows: rules(
      'When the environment may be changed: a list of weekly windows or single ones, of which one must be open. The end does not belong to a window; an end at or before the start is on the next day. Without any, it may be changed at all times but the freezes.',
    ),
    freezes: rules(
      'When it must not be changed, whatever the windows say: freezes and holidays, in the same forms. `Fri` closes every Friday from midnight to midnight. Where daylight saving makes an hour doubtful, it is frozen.',
    ),
    'time-zone': text(
      'The IANA time zone, such as `Africa/Johannesburg`, of every window, freeze and calendar day that names none, and of the messages.',
    ),
    'calendar-url': matching(
      /^(https?|webcal):\/\/[^\s/]+\S*$/i,
      'an address that begins with `https://` or `webcal://`',
      'The address of an iCalendar feed whose events are joined in. A feed that cannot be read closes the window. Give a private feed as a secret.',
    ),
    'calendar-as': oneOf(['freezes', 'windows'], 'What the events of the feed are.', { default: 'freezes' }),
    'calendar-copy': text(
      'A file in which the feed is kept for when it cannot be read; carry it from run to run with actions/cache.',
    ),
    'calendar-copy-max-age': duration('The age up to which the kept copy stands in for the feed.', {
      default: '24h',
    }),
    'scheduled-time': instant(
      'When the promotion was agreed to begin. Give it only to the first check of a run.',
    ),
    tolerance: duration('How much earlier or later than the scheduled time it may begin.', {
      default: '15m',
    }),
    'planned-start': instant(
      'When the planned time of the change ticket begins; ticket and window must both be open.',
    ),
    'planned-end': instant('When the planned time of the change ticket ends.'),
    'required-time': duration(
      'The time that must be left before the window closes: the sum of all bakes and a reserve for a rollback.',
      { default: '0s' },
    ),
    emergency: flag(
      'Whether to go on although the window is closed. Needs `ticket`, `reason`, `environment`, `version`, `override-expires`, and two people other than the requester who approved it, by `approvers` or `approval-environments`.',
      { default: 'false' },
    ),
    ticket: text('The ticket of the emergency, or of the planned time.'),
    reason: text('Why the emergency cannot wait.'),
    approvers: list(
      'The logins of the people who approved the emergency, as whoever starts the run says. Better is `approval-environments`.',
    ),
    'approval-environments': list(
      'The protected environments of GitHub whose reviews in this run approve the emergency, in place of `approvers`: one for each person, in jobs before this one. A rejection of one ends the emergency.',
    ),
    token: text('The token that reads the reviews of the run.', {
      context: '${{ github.token }}',
      secret: true,
    }),
    requester: text(
      'The login of who asks for the emergency, where it is not the actor of the run; neither can approve it. Needed when an app started the run.',
    ),
    'override-expires': instant('Until when the emergency counts, at most 24 hours ahead.'),
    version: text(
      'The version that is promoted. An emergency is for this version in this environment alone.',
    ),
    'when-closed': oneOf(
      ['fail', 'hold'],
      'What the decision is when waiting would help. `fail` fails the step. `hold` lets it end well with decision `hold`, so that the workflow can stop and be dispatched again at `next-opens-at`: go on only when the decision is `pass` or `overridden`.',
      { default: 'fail' },
    ),
    at: instant('The time to ask about, to plan a promotion. The present time when it is not given.'),
  },
  outputs: {
    open: 'Whether windows, freezes and planned time are open, `true` or `false`; the decision also weighs the time left and the schedule.',
    'closes-at':
      'When it closes, ISO 8601 in UTC; empty when it is closed or no end is in sight within 400 days.',
    'next-opens-at':
      'When the decision is `pass`, the opening after this one. Otherwise the next time at which the promotion can begin, with the required time left; empty when there is none within 400 days.',
    'time-left':
      'Time until it closes, such as `3h55m`, rounded down to seconds; `0s` when closed, empty when no end is in sight.',
    'calendar-digest': 'The SHA-256 digest of the feed that was read; empty without a feed.',
  },
  permissions: { github: { actions: 'read' } },
  example: {
    environment: 'prod',
    windows: 'Tue,Thu 22:00-02:00\nSat 06:00-10:00',
    freezes: 'Fri\n2026-12-15..2027-01-05',
    'time-zone': 'Africa/Johannesburg',
    'required-time': '1h30m',
  },
  check(inputs) {
    const problems: InputProblem[] = [...zoneProblems(inputs)];
    if (inputs.calendarUrl !== undefined && inputs.timeZone === undefined)
      problems.push({
        input: 'time-zone',
        message: 'is missing; the days of a calendar feed belong to a zone.',
      });
    if (inputs.calendarUrl !== undefined && !URL.canParse(inputs.calendarUrl))
      problems.push({
        input: 'calendar-url',
        message: 'is no address; expected `https://…` or `webcal://…`.',
      });
    if (inputs.calendarCopy !== undefined && inputs.calendarUrl === undefined)
      problems.push({
        input: 'calendar-copy',
        message: 'keeps a copy of a feed, and `calendar-url` is not given.',
      });
    if (inputs.approvers !== undefined && inputs.approvalEnvironments !== undefined)
      problems.push({
        input: 'approvers',
        message: 'contradicts `approval-environments`, where the approvers are seen; give one of them.',
      });
    const { plannedStart, plannedEnd } = inputs;
    if (plannedStart !== undefined && plannedEnd !== undefined && plannedEnd <= plannedStart)
      problems.push({ input: 'planned-end', message: 'is not after `planned-start`.' });
    if (inputs.emergency) {
      const needed = {
        ticket: inputs.ticket,
        reason: inputs.reason,
        approvers: inputs.approvers ?? inputs.approvalEnvironments,
        environment: inputs.environment,
        version: inputs.version,
        'override-expires': inputs.overrideExpires,
      };
      for (const [input, value] of Object.entries(needed))
        if (value === undefined) problems.push({ input, message: 'is missing; an emergency needs it.' });
    }
    return problems;
  },
});
