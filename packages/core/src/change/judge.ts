import { formatDuration, formatInstant, parseInstant } from '../clock/index.ts';
import type { Finding } from '../gate/index.ts';
import type { Approval, ScheduleFields, Status, Ticket } from './ports.ts';

/** `true`: the ticket must plan its time and now must be in it; `when-planned`: only if it does; `false`: not looked at. */
export type ScheduleRule = 'true' | 'when-planned' | 'false';

/** A status is meant by its name, in any case, or by its ID. */
export function isStatus(status: Status, wanted: string): boolean {
  return status.id === wanted || status.name.toLowerCase() === wanted.toLowerCase();
}

/** Whether the ticket is in a status that counts as approved. */
export function judgeStatus({ key, status, url }: Ticket, approved: readonly string[]): Finding {
  const limit = approved.join(' or ');
  const common = { check: 'status', subject: key, seen: status.name, limit };
  if (approved.some((wanted) => isStatus(status, wanted))) {
    return { ...common, outcome: 'pass', message: `${key} is ${status.name}.` };
  }
  return {
    ...common,
    outcome: 'fail',
    message: `${key} is ${status.name} (status ${status.id}), not ${limit}.`,
    remedy: `Have it approved at ${url} and run again, or name the status in \`approved-statuses\`.`,
  };
}

/** Whether everybody who was asked approved. Of several questions of one name the last one counts: asked again is asked anew. Of those asked at once all must be approved. */
export function judgeApprovals({ key, url }: Ticket, approvals: readonly Approval[]): Finding {
  const last = new Map<string, Approval>();
  const inOrder = [...approvals].sort((a, b) => a.asked - b.asked || rank(a) - rank(b));
  for (const approval of inOrder) last.set(approval.name, approval);
  const open = [...last.values()].filter(({ decision }) => decision !== 'approved');
  const common = { check: 'approvals', subject: key, limit: 'all approved' };
  if (last.size === 0) {
    return {
      ...common,
      outcome: 'fail',
      seen: 'nobody was asked',
      message: `${key} has no approval: nobody was asked for one.`,
      remedy: `Bring it to the status that asks for approval, at ${url}.`,
    };
  }
  const seen = [...last.values()].map(({ name, decision }) => `${name}: ${decision}`).join(', ');
  if (open.length === 0) {
    return {
      ...common,
      outcome: 'pass',
      seen,
      message: `${key} is approved by ${[...last.keys()].join(', ')}.`,
    };
  }
  const declined = open.some(({ decision }) => decision === 'declined');
  return {
    ...common,
    outcome: 'fail',
    seen,
    message: `${key} is not approved: ${open.map(({ name, decision }) => `${name} ${decision}`).join(', ')}.`,
    remedy: declined
      ? `See why at ${url}; a declined change needs a new approval.`
      : `Ask those who approve at ${url}, and run again.`,
  };
}

const rank = ({ decision }: Approval) => (decision === 'approved' ? 0 : 1);

/** Whether now is within the ticket's planned time. */
export function judgeSchedule(
  ticket: Ticket,
  rule: Exclude<ScheduleRule, 'false'>,
  fields: ScheduleFields,
  now: number,
): Finding {
  const { key, url, plannedStart, plannedEnd } = ticket;
  const common = { check: 'schedule', subject: key };
  const mend = `Set \`${fields.start}\` and \`${fields.end}\` at ${url}, or name the fields in \`planned-start-field\` and \`planned-end-field\`.`;
  const missing = [
    plannedStart ? '' : describe(fields.start, plannedStart),
    plannedEnd ? '' : describe(fields.end, plannedEnd),
  ].filter(Boolean);
  if (missing.length === 2 && rule === 'when-planned') {
    return {
      ...common,
      outcome: 'info',
      seen: 'not planned',
      message: `${key} plans no time: ${missing.join(', ')}.`,
    };
  }
  if (missing.length > 0 && rule === 'true') {
    return {
      ...common,
      outcome: 'fail',
      seen: missing.join(', '),
      limit: 'planned start and end',
      message: `${key} does not plan its time: ${missing.join(', ')}.`,
      remedy: mend,
    };
  }
  const [start, end] = [plannedStart, plannedEnd].map((text) => (text ? parseInstant(text) : undefined));
  const unreadable = [
    plannedStart && start === undefined ? plannedStart : '',
    plannedEnd && end === undefined ? plannedEnd : '',
  ].filter(Boolean);
  if (unreadable.length > 0) {
    return {
      ...common,
      outcome: 'fail',
      seen: unreadable.join(', '),
      limit: 'dates with time and zone',
      message: `The planned time of ${key} cannot be read: ${unreadable.join(', ')} is no date with a time and a zone.`,
      remedy: 'Use fields of the type date and time.',
    };
  }
  return judgeInstant(ticket, start, end, now);
}

function describe(field: string, value: string | null | undefined): string {
  return value === undefined ? `it has no field \`${field}\`` : `\`${field}\` is empty`;
}

function judgeInstant(
  { key, url }: Ticket,
  start: number | undefined,
  end: number | undefined,
  now: number,
): Finding {
  const limit = `${start === undefined ? '…' : formatInstant(start)} to ${end === undefined ? '…' : formatInstant(end)}`;
  const common = { check: 'schedule', subject: key, seen: formatInstant(now), limit };
  const move = `Come back then, or move the planned time at ${url}.`;
  if (start !== undefined && end !== undefined && end <= start) {
    return {
      ...common,
      outcome: 'fail',
      message: `${key} is planned to end before it starts.`,
      remedy: `Mend the planned time at ${url}.`,
    };
  }
  if (start !== undefined && now < start) {
    return {
      ...common,
      outcome: 'fail',
      message: `${key} is planned to start at ${formatInstant(start)}, in ${formatDuration(start - now)}.`,
      remedy: move,
    };
  }
  if (end !== undefined && now >= end) {
    return {
      ...common,
      outcome: 'fail',
      message: `The planned time of ${key} ended at ${formatInstant(end)}, ${formatDuration(now - end)} ago.`,
      remedy: `Plan it anew at ${url}; a new time may need a new approval.`,
    };
  }
  const left = end === undefined ? '' : `, with ${formatDuration(end - now)} left`;
  return { ...common, outcome: 'pass', message: `Now is within the planned time of ${key}${left}.` };
}
