import { type Clock, formatInstant, parseInstant } from '../clock/index.ts';
import { decide, type Finding, type GateReport, subjectOf } from '../gate/index.ts';
import { judgeApprovals, judgeSchedule, judgeStatus, type ScheduleRule } from './judge.ts';
import { comment, create, type Done, link, transition } from './operations.ts';
import type { ScheduleFields, Ticket, TicketSystem } from './ports.ts';

/** Whether the ticket lets the change go on. */
export interface Verify {
  readonly operation: 'verify';
  readonly ticket: string;
  readonly approvedStatuses: readonly string[];
  readonly requireApproval: boolean;
  readonly schedule: ScheduleRule;
}
export interface AddComment {
  readonly operation: 'comment';
  readonly ticket: string;
  readonly text: string;
}
export interface MoveTicket {
  readonly operation: 'transition';
  readonly ticket: string;
  readonly to: string;
}
export interface LinkTicket {
  readonly operation: 'link';
  readonly ticket: string;
  readonly url: string;
  readonly title: string;
}
export interface CreateTicket {
  readonly operation: 'create';
  readonly project: string;
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly fields: Readonly<Record<string, unknown>>;
}
export type Operation = Verify | AddComment | MoveTicket | LinkTicket | CreateTicket;

/** The promotion that a ticket is about. */
export interface Promotion {
  readonly repository: string;
  readonly runId: string;
  readonly environment: string | undefined;
  readonly service: string | undefined;
  readonly version: string | undefined;
  /** What makes repetitions the same promotion, when environment, service and version do not. */
  readonly key: string | undefined;
}

export interface ChangeResult {
  readonly report: GateReport;
  readonly ticket?: Ticket;
  /** Whether this step changed anything in the ticket system. */
  readonly changed: boolean;
  /** Epoch milliseconds. */
  readonly plannedStart?: number;
  readonly plannedEnd?: number;
}

/** Reads or writes a change ticket: the gate `jira-gate`. Repeated, every operation finds what it did before. */
export async function changeGate(
  operation: Operation,
  promotion: Promotion,
  fields: ScheduleFields,
  dryRun: boolean,
  tickets: TicketSystem,
  clock: Clock,
): Promise<ChangeResult> {
  const findings: Finding[] = [];
  const outcome = await perform();
  const { environment, service, version } = promotion;
  const plannedStart = instant(outcome.ticket?.plannedStart);
  const plannedEnd = instant(outcome.ticket?.plannedEnd);
  return {
    report: {
      gate: 'jira-gate',
      decision: decide(findings),
      subject: subjectOf({ environment, service, version }),
      at: formatInstant(clock.now()),
      findings,
    },
    changed: outcome.changed,
    ...(outcome.ticket ? { ticket: outcome.ticket } : {}),
    ...(plannedStart === undefined ? {} : { plannedStart }),
    ...(plannedEnd === undefined ? {} : { plannedEnd }),
  };

  async function perform(): Promise<Omit<Done, 'finding'>> {
    if (operation.operation === 'create') {
      const wanted = { ...operation, label: labelOf(promotion) };
      return keep(await create(tickets, wanted, { fields, dryRun, clock }));
    }
    const ticket = await tickets.find(operation.ticket, fields);
    if (!ticket) {
      findings.push(absent(operation.ticket));
      return { changed: false };
    }
    if (operation.operation === 'verify') {
      findings.push(...(await verify(operation, ticket, fields, tickets, clock.now())));
      return { ticket, changed: false };
    }
    return keep(await write(operation, ticket));
  }

  function write(asked: AddComment | MoveTicket | LinkTicket, ticket: Ticket): Promise<Done> {
    switch (asked.operation) {
      case 'comment': {
        const replaces = promotion.key !== undefined;
        const key = promotion.key ?? `run ${promotion.runId}`;
        return comment(tickets, ticket, { text: asked.text, key, replaces, dryRun });
      }
      case 'transition':
        return transition(tickets, ticket, { to: asked.to, fields, dryRun });
      case 'link': {
        const id = `promo-actions:${promotion.repository}:${keyOf(promotion)}`;
        return link(tickets, ticket, { id, url: asked.url, title: asked.title }, dryRun);
      }
    }
  }

  function keep({ finding, ...done }: Done): Omit<Done, 'finding'> {
    findings.push(finding);
    return done;
  }
}

async function verify(
  { approvedStatuses, requireApproval, schedule }: Verify,
  ticket: Ticket,
  fields: ScheduleFields,
  tickets: TicketSystem,
  now: number,
): Promise<readonly Finding[]> {
  const { key, summary } = ticket;
  return [
    { check: 'ticket', outcome: 'pass', subject: key, seen: summary || 'there', message: `${key} exists.` },
    judgeStatus(ticket, approvedStatuses),
    ...(requireApproval ? [judgeApprovals(ticket, await tickets.approvals(key))] : []),
    ...(schedule === 'false' ? [] : [judgeSchedule(ticket, schedule, fields, now)]),
  ];
}

function absent(key: string): Finding {
  return {
    check: 'ticket',
    outcome: 'fail',
    subject: key,
    seen: 'not there',
    limit: 'a ticket that the user may see',
    message: `There is no ticket ${key}, or the user may not see it.`,
    remedy: 'Check the key, and that the user of `user` may browse the project.',
  };
}

/** Environment, service and version make the promotion; without a version only the run is known. */
function keyOf({ key, environment, service, version, runId }: Promotion): string {
  return key ?? (version ? [environment, service, version].filter(Boolean).join('/') : `run ${runId}`);
}

/** Labels take no spaces, and hold 255 characters. */
function labelOf(promotion: Promotion): string {
  return `promo-${keyOf(promotion).replace(/[^\w.-]+/g, '-')}`.slice(0, 255);
}

function instant(text: string | null | undefined): number | undefined {
  return text ? parseInstant(text) : undefined;
}
