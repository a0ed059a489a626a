import { stripVTControlCharacters } from 'node:util';
import { clock, date, duration } from '../moment/index.ts';
import type { JobResult, Observer, Rehearsal, StepResult } from '../result/index.ts';
import { createPaint, depthOf, mark, ownName, type Paint, took } from './format.ts';
import type { Screen } from './screen.ts';

/** The terminal as the tree needs it. `process.stdout` is one. */
export interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

const SPINNER = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
/** Milliseconds between two pictures. */
const PACE = 80;

/** A tree of jobs and steps that follows the run in place. What has ended well folds up; what runs or failed is open. */
export function createTree(terminal: Terminal, colours: boolean, now: () => number): Screen {
  const paint = createPaint(colours);
  const spinner = { turn: 0 };
  let rehearsal: Rehearsal | undefined;
  let drawn = 0;

  const draw = (final: boolean) => {
    if (!rehearsal) return;
    const width = terminal.columns ?? 100;
    const all = picture(rehearsal, {
      paint,
      spin: SPINNER[spinner.turn % SPINNER.length] ?? '',
      now: now(),
      real: Date.now(),
    });
    // In place only what fits is drawn: the end of it, where things happen.
    const room = Math.max(4, (terminal.rows ?? 24) - 1);
    const lines =
      final || all.length <= room ? all : [...all.slice(0, 1), ...all.slice(all.length - room + 1)];
    const up = drawn > 0 ? `\u001b[${drawn}A\r` : '';
    terminal.write(`${up}\u001b[J${lines.map((line) => cut(line, width)).join('\n')}\n`);
    drawn = lines.length;
  };
  const timer = setInterval(() => {
    spinner.turn += 1;
    draw(false);
  }, PACE);
  timer.unref();
  terminal.write('\u001b[?25l');
  const observer: Observer = {};
  return {
    observer,
    begun(begun) {
      rehearsal = begun;
    },
    close() {
      clearInterval(timer);
      draw(true);
      terminal.write('\u001b[?25h');
    },
  };
}

interface Moment {
  readonly paint: Paint;
  readonly spin: string;
  readonly now: number;
  readonly real: number;
}

/** The whole tree as lines. */
export function picture(rehearsal: Rehearsal, moment: Moment): string[] {
  const { paint, now } = moment;
  const shown = `${date(now)} ${clock(now)}`;
  const passed = now - rehearsal.start;
  const head = `${paint('bold', rehearsal.scenario.name)}  ${paint('dim', rehearsal.workflow.path)}  ${paint('cyan', shown)} ${paint('dim', `virtual, ${duration(passed)} since the start`)}`;
  return [head, ...rehearsal.jobs.flatMap((job) => jobLines(job, rehearsal.jobs, moment))];
}

function jobLines(job: JobResult, jobs: readonly JobResult[], moment: Moment): string[] {
  const { paint } = moment;
  const indent = '  '.repeat(depthOf(job, jobs) + 1);
  const ended = job.status === 'ended';
  const sign = ended
    ? mark(job.conclusion, paint)
    : job.status === 'waiting'
      ? paint('dim', '·')
      : paint('cyan', moment.spin);
  const name =
    job.status === 'waiting' ? paint('dim', ownName(job, jobs)) : paint('bold', ownName(job, jobs));
  const line = `${indent}${sign} ${name}  ${paint('dim', about(job, moment))}`;
  const open = !ended || job.conclusion === 'failure' || job.conclusion === 'cancelled';
  const notes = !open ? [] : job.notes.map((note) => `${indent}    ${paint('dim', note)}`);
  return [line, ...notes, ...(open ? job.steps.flatMap((step) => stepLines(step, indent, moment)) : [])];
}

function about(job: JobResult, moment: Moment): string {
  if (job.status === 'approval') return `waits for a reviewer of ${job.environment}`;
  if (job.status === 'running') return running(job, moment);
  const approvals = job.approvals.map((approval) => `${approval.answer} by ${approval.login}`);
  return [took(job), ...approvals].filter(Boolean).join(', ');
}

function running(span: { start?: number; realStart?: number }, { now, real }: Moment): string {
  const virtual = now - (span.start ?? now);
  const here = real - (span.realStart ?? real);
  return [virtual > 0 ? duration(virtual) : '', here > 1000 ? `${duration(here)} here` : '']
    .filter(Boolean)
    .join(', ');
}

function stepLines(step: StepResult, indent: string, moment: Moment): string[] {
  const { paint } = moment;
  const going = step.conclusion === undefined;
  const sign = going ? paint('cyan', moment.spin) : mark(step.outcome, paint);
  const line = `${indent}  ${sign} ${step.name}  ${paint('dim', going ? running(step, moment) : took(step))}`;
  const last = step.log.findLast((one) => one.text.trim() !== '');
  if (going && last) return [line, `${indent}      ${paint('dim', last.text)}`];
  const errors =
    step.conclusion === 'failure' ? step.annotations.filter(({ level }) => level === 'error') : [];
  return [
    line,
    ...errors.map(({ message }) => `${indent}      ${paint('red', message.split('\n')[0] ?? '')}`),
  ];
}

/** Shortens a line to the terminal's width, colours not counted. */
export function cut(line: string, width: number): string {
  const flat = line.replace(/[\t\r\n]/g, ' ');
  if (stripVTControlCharacters(flat).length <= width - 1) return flat;
  let seen = 0;
  let text = '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is the terminal's own escape character
  for (const part of flat.split(/(\u001b\[\d+m)/)) {
    if (part.startsWith('\u001b[')) text += part;
    else {
      text += part.slice(0, Math.max(0, width - 2 - seen));
      seen += part.length;
    }
  }
  return `${text}…`;
}
