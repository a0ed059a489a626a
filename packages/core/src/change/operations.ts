import { createHash } from 'node:crypto';
import type { Clock } from '../clock/index.ts';
import { OutsideError } from '../errors/index.ts';
import type { Finding } from '../gate/index.ts';
import { isStatus } from './judge.ts';
import type { NewTicket, ScheduleFields, Ticket, TicketLink, TicketSystem } from './ports.ts';

/** What an operation did, and to which ticket. */
export interface Done {
  readonly ticket?: Ticket;
  readonly finding: Finding;
  readonly changed: boolean;
}

const pass = (check: string, seen: string, message: string): Finding => ({
  check,
  outcome: 'pass',
  seen,
  message,
});

/**
 * A comment that is there once however often the step runs. Its last line is a mark: `promo-actions · {key} · {digest of
 * the text}`. With a key of its own a changed text changes the comment; else every text is a comment of its own.
 */
export async function comment(
  tickets: TicketSystem,
  ticket: Ticket,
  { text, key, replaces, dryRun }: { text: string; key: string; replaces: boolean; dryRun: boolean },
): Promise<Done> {
  const prefix = `promo-actions · ${key} · `;
  const mark = `${prefix}${createHash('sha256').update(text).digest('hex').slice(0, 12)}`;
  const there = async () => (await tickets.comments(ticket.key)).find((it) => lastLine(it.text) === mark);
  const all = await tickets.comments(ticket.key);
  if (all.some((it) => lastLine(it.text) === mark)) {
    return {
      ticket,
      changed: false,
      finding: pass('comment', 'already there', `${ticket.key} carries this comment already.`),
    };
  }
  const former = replaces ? all.find((it) => hasMark(it.text, prefix)) : undefined;
  const what = former ? 'changed' : 'added';
  if (dryRun)
    return {
      ticket,
      changed: false,
      finding: pass('comment', `to be ${what}`, `Dry run: a comment on ${ticket.key} would be ${what}.`),
    };
  const whole = `${shortened(text)}\n\n${mark}`;
  await settled(
    () =>
      former ? tickets.changeComment(ticket.key, former.id, whole) : tickets.addComment(ticket.key, whole),
    async () => (await there()) !== undefined,
  );
  return { ticket, changed: true, finding: pass('comment', what, `A comment on ${ticket.key} was ${what}.`) };
}

function hasMark(text: string, prefix: string): boolean {
  const line = lastLine(text);
  return line.startsWith(prefix) && /^[0-9a-f]{12}$/.test(line.slice(prefix.length));
}

function lastLine(text: string): string {
  return text.trimEnd().split('\n').at(-1)?.trim() ?? '';
}

/** Ticket systems take about 32,000 characters a comment. */
function shortened(text: string): string {
  const most = 30_000;
  return text.length <= most
    ? text.trim()
    : `${text.slice(0, most).trim()}\n\n… cut here; the whole of it is in the run.`;
}

/** Brings the ticket to a status (or along a transition), unless it is there. */
export async function transition(
  tickets: TicketSystem,
  ticket: Ticket,
  { to, fields, dryRun }: { to: string; fields: ScheduleFields; dryRun: boolean },
): Promise<Done> {
  const { key, status, url } = ticket;
  if (isStatus(status, to)) {
    return {
      ticket,
      changed: false,
      finding: pass('transition', status.name, `${key} is ${status.name} already.`),
    };
  }
  const available = await tickets.transitions(key);
  const chosen =
    available.find((it) => isStatus(it.to, to)) ??
    available.find((it) => it.id === to || it.name.toLowerCase() === to.toLowerCase());
  if (!chosen) {
    const offered = available.map((it) => `${it.name} → ${it.to.name}`).join(', ');
    const finding: Finding = {
      check: 'transition',
      outcome: 'fail',
      subject: key,
      seen: status.name,
      limit: to,
      message: `${key} cannot go from ${status.name} to ${to}. It offers ${offered || 'no transition to this user'}.`,
      remedy: `Name one of these in \`transition-to\`, or mend the workflow or the user's rights at ${url}.`,
    };
    return { ticket, changed: false, finding };
  }
  const path = `${status.name} → ${chosen.to.name}`;
  if (dryRun)
    return {
      ticket,
      changed: false,
      finding: pass('transition', status.name, `Dry run: ${key} would go ${path}.`),
    };
  const arrived = async () => {
    const now = await tickets.find(key, fields);
    return now !== undefined && isStatus(now.status, chosen.to.id) ? now : undefined;
  };
  await settled(
    () => tickets.transition(key, chosen.id),
    async () => (await arrived()) !== undefined,
  );
  const after = (await tickets.find(key, fields)) ?? ticket;
  return {
    ticket: after,
    changed: true,
    finding: pass('transition', after.status.name, `${key} went ${path}.`),
  };
}

/** Links the ticket to the run; the same promotion replaces its own link. */
export async function link(
  tickets: TicketSystem,
  ticket: Ticket,
  wanted: TicketLink,
  dryRun: boolean,
): Promise<Done> {
  const there = await tickets.link(ticket.key, wanted.id);
  if (there?.url === wanted.url && there.title === wanted.title) {
    return {
      ticket,
      changed: false,
      finding: pass('link', wanted.url, `${ticket.key} is linked to ${wanted.url} already.`),
    };
  }
  const what = there ? `from ${there.url} to ${wanted.url}` : `to ${wanted.url}`;
  if (dryRun)
    return {
      ticket,
      changed: false,
      finding: pass('link', wanted.url, `Dry run: the link of ${ticket.key} would lead ${what}.`),
    };
  await settled(
    () => tickets.putLink(ticket.key, wanted),
    async () => false,
  );
  return {
    ticket,
    changed: true,
    finding: pass('link', wanted.url, `The link of ${ticket.key} leads ${what}.`),
  };
}

/** Jira's search lags behind what was made by seconds. Milliseconds before each look for a ticket whose making was not answered. */
const looks = [1_000, 2_000, 4_000, 8_000, 15_000];

/**
 * Makes a ticket, unless there is one with its label. Where its making is not answered, the ticket is looked for, and never
 * made a second time: a ticket that the search does not show yet would be there twice.
 */
export async function create(
  tickets: TicketSystem,
  wanted: NewTicket,
  { fields, dryRun, clock }: { fields: ScheduleFields; dryRun: boolean; clock: Clock },
): Promise<Done> {
  const find = () => tickets.labelled(wanted.project, wanted.label, fields);
  const found = await find();
  if (found) {
    const message = `${found.key} was made for this promotion already; it is ${found.status.name}.`;
    return { ticket: found, changed: false, finding: pass('ticket', found.key, message) };
  }
  if (dryRun) {
    const message = `Dry run: "${wanted.title}" would be made in ${wanted.project}, as ${wanted.type}.`;
    return { changed: false, finding: pass('ticket', 'to be made', message) };
  }
  let key: string;
  try {
    key = await tickets.create(wanted);
  } catch (error) {
    const made = isUnanswered(error) ? await lookFor(find, clock) : undefined;
    if (!made) throw error;
    const message = `${made.key} was made: ${wanted.title}. The answer was lost, and the ticket found by its label ${wanted.label}.`;
    return { ticket: made, changed: true, finding: pass('ticket', made.key, message) };
  }
  const ticket = await tickets.find(key, fields);
  const message = `${key} was made: ${wanted.title}.`;
  return { ...(ticket ? { ticket } : {}), changed: true, finding: pass('ticket', key, message) };
}

async function lookFor(find: () => Promise<Ticket | undefined>, clock: Clock): Promise<Ticket | undefined> {
  for (const wait of looks) {
    await clock.sleep(wait);
    const found = await find();
    if (found) return found;
  }
  return undefined;
}

/**
 * Does what the outside may have done without saying so: after a failure without a clear answer it looks, and tries once more
 * when it was not done. A refusal stands.
 */
async function settled(act: () => Promise<void>, isDone: () => Promise<boolean>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!isUnanswered(error)) throw error;
    if (!(await isDone())) await act();
  }
}

/** Whether what was asked may have been done all the same. */
function isUnanswered(error: unknown): boolean {
  return error instanceof OutsideError && !/^HTTP [34]/.test(error.failure.code ?? '');
}
