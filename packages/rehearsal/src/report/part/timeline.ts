import { clock, duration, tick } from '../../moment/index.ts';
import type { JobResult, Rehearsal, StepResult } from '../../result/index.ts';
import { type Html, html } from '../markup/index.ts';
import { chip, kindOf, plural, section, stepAnchor } from './words.ts';

/** A step gets a row of its own when it took at least this share of the whole, or did not end well. */
const WORTH_A_ROW = 0.01;
const TICKS = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800,
  604_800,
];

interface Scale {
  readonly start: number;
  readonly span: number;
}

/** Jobs and the steps that took time, as bars on virtual time. */
export function timeline(rehearsal: Rehearsal): Html {
  const ends = rehearsal.jobs.flatMap(({ end, steps }) => [end, ...steps.map((step) => step.end)]);
  const last = Math.max(rehearsal.end ?? rehearsal.start, ...ends.map((end) => end ?? rehearsal.start));
  const scale = { start: rehearsal.start, span: Math.max(1, last - rehearsal.start) };
  const rows = rehearsal.jobs.map((job, index) => jobRows(job, index, rehearsal, scale));
  return section(
    'timeline',
    'Timeline',
    html`<div class="timeline">
<div class="row axis" aria-hidden="true"><div class="label">UTC</div><div class="track">${ticks(scale)}</div><div class="took"></div></div>
${rows.map(({ markup }) => markup)}
</div>
${legend(rows.reduce((sum, { short }) => sum + short, 0))}`,
  );
}

function legend(short: number): Html {
  return html`<p class="muted legend"><span><i class="bar good"></i> succeeded</span> <span><i class="bar bad"></i> failed</span> <span><i class="bar held"></i> cancelled</span> <span><i class="bar approval"></i> waiting for approval</span> <span><i class="bar waiting"></i> waiting</span>${short > 0 && html` <span>${plural(short, 'shorter step')} in <a href="#jobs">Jobs and steps</a></span>`}</p>`;
}

function ticks({ start, span }: Scale): Html {
  const seconds = TICKS.find((one) => span / 1000 / one <= 7) ?? span / 7000;
  const step = seconds * 1000;
  const marks: Html[] = [];
  for (let at = Math.ceil(start / step) * step; at <= start + span; at += step) {
    const share = (at - start) / span;
    const side = share < 0.05 ? 'first' : share > 0.95 ? 'last' : '';
    marks.push(html`<span class="${side}" style="left:${percent(share)}">${tick(at, span, step)}</span>`);
  }
  return html`${marks}`;
}

function jobRows(
  job: JobResult,
  number: number,
  rehearsal: Rehearsal,
  scale: Scale,
): { markup: Html; short: number } {
  const worth = job.steps.filter((step) => isWorthARow(step, scale));
  const ran = job.steps.filter((step) => step.start !== undefined && step.conclusion !== 'skipped');
  const markup = html`<div class="row job">
<div class="label" style="--depth:${depth(job, rehearsal)}"><a href="#job-${number}">${ownName(job, rehearsal)}</a></div>
<div class="track">${jobBars(job, scale)}</div>
<div class="took">${job.start === undefined || job.conclusion === 'skipped' ? chip(job.conclusion ?? 'skipped', job.conclusion ?? 'not run') : spanText(job)}</div>
</div>
${worth.map(
  (step) => html`<div class="row">
<div class="label inner" style="--depth:${depth(job, rehearsal)}"><a href="#${stepAnchor(number, job.steps.indexOf(step))}">${step.name}</a></div>
<div class="track">${bar(kindOf(step.outcome ?? ''), step.start, step.end, scale, `${step.name}: ${step.outcome ?? 'not ended'}, ${spanText(step)}`)}</div>
<div class="took">${spanText(step)}</div>
</div>
`,
)}`;
  return { markup, short: ran.length - worth.length };
}

function isWorthARow(step: StepResult, { span }: Scale): boolean {
  if (step.start === undefined || step.end === undefined || step.outcome === 'skipped') return false;
  return (
    step.end - step.start >= span * WORTH_A_ROW || step.outcome === 'failure' || step.outcome === 'cancelled'
  );
}

/** A job's bar, what it waited for before its first step apart from what it ran. */
function jobBars(job: JobResult, scale: Scale): Html {
  if (job.start === undefined || job.conclusion === 'skipped') return html``;
  const running = job.environment === undefined ? job.start : (job.steps[0]?.start ?? job.end ?? job.start);
  const asked = job.approvals.length > 0 || job.status === 'approval';
  const waited = running > job.start;
  const answers = job.approvals.map(({ login, answer }) => `${login} ${answer}`).join(', ');
  const wait = asked
    ? `Waiting for approval of ${job.environment}: ${answers || 'nobody answered'}`
    : `Waiting for ${job.environment}`;
  const ran = running < (job.end ?? running) || job.steps.length > 0 || job.kind === 'call';
  return html`${waited && bar(asked ? 'approval' : 'waiting', job.start, running, scale, `${wait}, ${duration(running - job.start)}`)}
${ran && bar(job.kind === 'call' ? `call ${kindOf(job.conclusion ?? '')}` : kindOf(job.conclusion ?? ''), running, job.end, scale, `${job.name}: ${job.conclusion ?? 'not ended'}`)}`;
}

function bar(
  kind: string,
  start: number | undefined,
  end: number | undefined,
  scale: Scale,
  title: string,
): Html {
  if (start === undefined) return html``;
  const from = Math.min(1, Math.max(0, (start - scale.start) / scale.span));
  const to = Math.min(1, Math.max(from, ((end ?? scale.start + scale.span) - scale.start) / scale.span));
  const times = `${clock(start)} – ${end === undefined ? '' : clock(end)} UTC`;
  return html`<i class="bar ${kind}" role="img" aria-label="${title}" title="${title}
${times}" style="left:${percent(from)};width:${percent(to - from)}"></i>`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(3))}%`;
}

export function spanText({ start, end }: { readonly start?: number; readonly end?: number }): string {
  return start === undefined || end === undefined ? '' : duration(end - start);
}

export function depth(job: JobResult, { jobs }: Rehearsal): number {
  let level = 0;
  for (let at = job.parent; at !== undefined && level < 5; level += 1) {
    const key = at;
    at = jobs.find((one) => one.key === key)?.parent;
  }
  return level;
}

/** A job's name without that of the job that called its workflow, which stands above it. */
export function ownName(job: JobResult, { jobs }: Rehearsal): string {
  const parent = jobs.find(({ key }) => key === job.parent);
  return parent && job.name.startsWith(`${parent.name} / `)
    ? job.name.slice(parent.name.length + 3)
    : job.name;
}
